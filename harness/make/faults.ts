import { freeSpaceHint } from '../model/index.ts';

/** A reason for a failed make that lies with the machine. */
export interface HostFault {
  readonly message: string;
  readonly hint: string;
  /** Whether the same make may succeed when it is simply run again. */
  readonly retryable: boolean;
}

/** What the log of a failed make says of the machine. A patch can print all of it: only the machine itself can confirm it. */
export type Suspicion =
  | { readonly kind: 'disk' | 'memory' | 'files'; readonly said: string }
  | { readonly kind: 'missing'; readonly tool: string };

/** Resources of the machine before a make and after it. */
export interface HostEvidence {
  readonly freeBefore: number;
  readonly freeAfter: number;
  readonly availableMemory: number;
  /** Processes that the system killed for want of memory while make ran. */
  readonly outOfMemoryKills: number;
  /** What the system says when we write a file there ourselves; undefined when that works. */
  readonly writeProblem: string | undefined;
  /** Bytes of the largest file that the build left. */
  readonly largestFile: number;
  /** Names of required tools, and of Debian's packages of required headers, that are not on the machine. */
  readonly missing: ReadonlySet<string>;
}

const tools =
  'flex|bison|bc|perl|python3|gawk|awk|cpio|xz|gzip|bzip2|zstd|lz4|openssl|ccache|rsync|(?:\\S+-)?(?:gcc|ld|as|ar|nm|objcopy|objdump|strip)(?:-\\d+)?';

const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Suspicion])[] = [
  [/(No space left on device|Disk quota exceeded)/, (match) => ({ kind: 'disk', said: match[1] ?? '' })],
  [/(Read-only file system|Input\/output error)/, (match) => ({ kind: 'files', said: match[1] ?? '' })],
  [
    /(Killed signal terminated program \S+|internal compiler error: Killed.*|\*\*\* \[.*\] (?:Killed|Terminated|Error 137)|virtual memory exhausted.*|Cannot allocate memory|out of memory allocating)/,
    (match) => ({ kind: 'memory', said: match[1] ?? '' }),
  ],
  [
    new RegExp(
      `^(?:/bin/sh: (?:line )?\\d+: |make(?:\\[\\d+\\])?: |\\S+: line \\d+: )(${tools}): (?:command )?(?:not found|No such file or directory)`,
    ),
    (match) => ({ kind: 'missing', tool: match[1] ?? '' }),
  ],
  [
    /^(?:scripts|tools|certs|arch\/\S+\/tools)\/\S+: fatal error: ((?:libelf|gelf|elf|openssl\/\S+)\.h|openssl\/\S+): No such file or directory/,
    (match) => ({ kind: 'missing', tool: /openssl/.test(match[1] ?? '') ? 'libssl-dev' : 'libelf-dev' }),
  ],
];

/** What the log of a failed make says of the machine, each thing once. */
export function suspectHost(log: string): Suspicion[] {
  const found = new Map<string, Suspicion>();
  for (const line of log.split('\n')) {
    for (const [expression, read] of patterns) {
      const match = expression.exec(line);
      if (match) {
        const suspicion = read(match);
        found.set(JSON.stringify(suspicion), suspicion);
      }
    }
  }
  return [...found.values()];
}

/** With less space than this (bytes) a disk counts as full: what could not be written any more is gone again. */
const fullBytes = 16 * 2 ** 20;
/** With less memory than this (bytes) a machine counts as out of it. */
const scarceBytes = 64 * 2 ** 20;

const hints = {
  space: freeSpaceHint,
  memory: 'give the machine more memory, or lower --jobs',
};

/** Whether the build itself has taken the space: no kernel has one file that takes half of all there was. */
function filledDisk({ freeBefore, freeAfter, largestFile }: HostEvidence): boolean {
  return freeAfter < fullBytes && largestFile > freeBefore / 2;
}

/**
 * What the machine is to blame for in a failed make; undefined when it confirms nothing of what the log says.
 *
 * @param killed make ended by a signal, so that no log tells anything
 */
export function confirmHostFault(
  suspicions: readonly Suspicion[],
  evidence: HostEvidence,
  killed = false,
): HostFault | undefined {
  const kinds = new Set<string>(suspicions.map(({ kind }) => kind));
  if (kinds.has('disk') && evidence.freeAfter < fullBytes && !filledDisk(evidence)) {
    const message = `the build could not write its files: ${evidence.freeAfter} bytes are free`;
    return { message, hint: hints.space, retryable: false };
  }
  if ((kinds.has('files') || kinds.has('disk')) && evidence.writeProblem !== undefined && !filledDisk(evidence)) {
    const message = `the build failed on this machine: ${evidence.writeProblem}`;
    return { message, hint: 'check the build log and dmesg', retryable: false };
  }
  const outOfMemory = evidence.outOfMemoryKills > 0 || evidence.availableMemory < scarceBytes;
  if ((kinds.has('memory') || killed) && outOfMemory) {
    return { message: 'the compiler was killed or ran out of memory', hint: hints.memory, retryable: true };
  }
  for (const suspicion of suspicions) {
    if (suspicion.kind !== 'missing' || !evidence.missing.has(suspicion.tool)) continue;
    const message = `the build needs ${suspicion.tool}, which is not installed`;
    return { message, hint: 'run: quiltboot doctor', retryable: false };
  }
  return undefined;
}
