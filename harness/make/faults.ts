/** A reason for a failed make that lies with the machine. */
export interface HostFault {
  readonly message: string;
  readonly hint: string;
  /** Whether the same make may succeed when it is simply run again. */
  readonly retryable: boolean;
}

interface Pattern {
  readonly expression: RegExp;
  readonly fault: (match: RegExpExecArray) => HostFault;
}

const tools =
  'flex|bison|bc|perl|python3|gawk|awk|cpio|xz|gzip|bzip2|zstd|lz4|openssl|ccache|rsync|(?:\\S+-)?(?:gcc|ld|as|ar|nm|objcopy|objdump|strip)(?:-\\d+)?';

const missing = (tool: string): HostFault => ({
  message: `the build needs ${tool}, which is not installed`,
  hint: 'run: quiltboot doctor',
  retryable: false,
});

const patterns: readonly Pattern[] = [
  {
    expression: /(No space left on device|Disk quota exceeded|File size limit exceeded)/,
    fault: (match) => ({
      message: `the build could not write its files: ${match[1] ?? ''}`,
      hint: 'free some space (quiltboot keeps its cache where QUILTBOOT_CACHE says) and run again',
      retryable: false,
    }),
  },
  {
    expression: /(Read-only file system|Input\/output error|Too many open files)/,
    fault: (match) => ({
      message: `the build failed on this machine: ${match[1] ?? ''}`,
      hint: 'look at the build log and at dmesg',
      retryable: false,
    }),
  },
  {
    expression:
      /(Killed signal terminated program \S+|internal compiler error: Killed.*|\*\*\* \[.*\] (?:Killed|Terminated|Error 137)|virtual memory exhausted.*|Cannot allocate memory|out of memory allocating)/,
    fault: () => ({
      message: 'the compiler was killed or ran out of memory',
      hint: 'give the machine more memory, or compile less at once with --jobs',
      retryable: true,
    }),
  },
  {
    expression: new RegExp(
      `^(?:/bin/sh: (?:line )?\\d+: |make(?:\\[\\d+\\])?: |\\S+: line \\d+: )(${tools}): (?:command )?(?:not found|No such file or directory)`,
    ),
    fault: (match) => missing(match[1] ?? 'a tool'),
  },
  {
    expression:
      /^(?:scripts|tools|certs|arch\/\S+\/tools)\/\S+: fatal error: ((?:libelf|gelf|elf|openssl\/\S+)\.h|openssl\/\S+): No such file or directory/,
    fault: (match) =>
      missing(/openssl/.test(match[1] ?? '') ? 'libssl-dev (OpenSSL headers)' : 'libelf-dev (libelf headers)'),
  },
];

/** Text that a source or makefile chose itself: a patch must not be able to pass off its own failure as the machine's. */
function isChosenText(line: string): boolean {
  return /(?:error|warning): #/.test(line) || /^\s/.test(line) || / \*\*\* (?!\[)/.test(line) || / note: /.test(line);
}

/** What in the log of a failed make shows that the machine is to blame; undefined when nothing does. */
export function findHostFault(log: string): HostFault | undefined {
  for (const line of log.split('\n')) {
    if (isChosenText(line)) continue;
    for (const { expression, fault } of patterns) {
      const match = expression.exec(line);
      if (match) return fault(match);
    }
  }
  return undefined;
}
