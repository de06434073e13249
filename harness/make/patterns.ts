import { type Diagnostic, defined } from '../model/index.ts';

/** One wording of a message, and what it says. */
interface Pattern {
  readonly expression: RegExp;
  readonly read: (groups: Record<string, string | undefined>, line: string) => Diagnostic;
}

/** What the compiler says of itself keeps its name. */
function saidBy(groups: Record<string, string | undefined>): string {
  const { word = '', message = '' } = groups;
  return word.startsWith('internal') ? `${word}: ${message}` : message;
}

function located(groups: Record<string, string | undefined>, severity: Diagnostic['severity']): Diagnostic {
  return {
    severity,
    message: saidBy(groups),
    ...defined({ file: groups.file }),
    ...(groups.line === undefined ? {} : { line: Number(groups.line) }),
    ...(groups.column === undefined ? {} : { column: Number(groups.column) }),
    ...defined({ option: groups.option }),
  };
}

function severityOf(word: string | undefined): Diagnostic['severity'] {
  return /error|fatal/i.test(word ?? '') ? 'error' : 'warning';
}

const killed = 'Killed|Segmentation fault|Aborted|Bus error|Illegal instruction';

/** What shells and interpreters say of the scripts of a build. */
const scripts: readonly Pattern[] = [
  {
    expression: /^\/bin\/sh: (?:\d+|line \d+): (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // Of a shell, with the number of the process.
    expression: new RegExp(`^(?<file>[^\\s:]+): line (?<line>\\d+): +\\d+ (?<message>(?:${killed})\\b.*)$`),
    read: (groups) => located({ ...groups, message: groups.message?.replace(/\s+/g, ' ') }, 'error'),
  },
  {
    expression:
      /^(?<file>[^\s:]+\.sh): (?:line )?(?<line>\d+): (?<message>.*(?:not found|No such file or directory|Permission denied|[Ss]yntax error.*))$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: new RegExp(`^(?<message>(?:${killed})(?: \\(core dumped\\))?)$`),
    read: (groups) => located(groups, 'error'),
  },
  {
    // Perl.
    expression: /^(?<message>(?!BEGIN failed)\S.*) at (?<file>\S+\.pl) line (?<line>\d+)[.,].*$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // Python.
    expression: /^(?<message>(?:[A-Z]\w*\.)*[A-Z]\w*Error: .*)$/,
    read: (groups) => located(groups, 'error'),
  },
];

/** In the order in which they are tried; the first that matches a line reads it. */
export const patterns: readonly Pattern[] = [
  {
    // The compiler, the assembler, make and kconfig.
    expression:
      /^(?<file>[^\s:][^:]*):(?<line>\d+):(?:(?<column>\d+):)? ?(?<word>fatal error|internal compiler error|error|warning|Fatal error|Error|Warning): (?<message>.*?)(?: \[(?<option>-W[^\]]+)\])?$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    expression: /^(?<file>[^\s:][^:]*):(?<line>\d+): \*\*\* (?<message>.*?)\.?(?:  Stop\.)?$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^(?<file>\S*Kconfig\S*):(?<line>\d+): ?(?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // The device tree compiler: a place has columns after a dot.
    expression:
      /^(?<file>[^\s:]+\.dtsi?):(?<line>\d+)\.(?<column>\d+)(?:-[\d.]+)?: (?<word>Warning|ERROR|Error|error) (?<message>.*)$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    expression: /^(?:FATAL ERROR|Error): (?<file>[^\s:]+):(?<line>\d+)\.(?<column>\d+)(?:-[\d.]+)? (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // The compiler and the assembler, where the fault has no line: a full disk, a compiler that was killed.
    expression:
      /^(?:(?<file>\{standard input\}|[^\s:]+\.(?:[chSs]|rs|lds|o)): )?(?<word>fatal error|[Ff]atal error|internal compiler error): (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^FATAL ERROR: (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // rustc puts the place into the next line.
    expression:
      /^(?<word>error|warning)(?:\[(?<option>[EW]\d+)\])?: (?!aborting due to|\d+ warnings? emitted)(?<message>.*)$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    // A box of the top Makefile; kconfig says in one as well on what it bases a configuration.
    expression: /^\*\*\* +(?!Default configuration is based on)(?<message>[^\s*].*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^ {2,8}ERROR: (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^make(?:\[\d+\])?: \*\*\* (?<message>No rule to make target .*?)\.?(?:  Stop\.)?$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // A program that is not there, or not allowed.
    expression:
      /^make(?:\[\d+\])?: (?<message>[^\s:*]+: (?:No such file or directory|[Cc]ommand not found|Permission denied))$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    // Up to 4.x.
    expression: /^ {2}(?<message>\S+ is not clean, please run .*)$/,
    read: (groups) => located(groups, 'error'),
  },
  ...scripts,
  {
    // With debug information the linker names file and line, else the section.
    expression:
      /^(?:\S*ld(?:\.\w+)?: )?(?:(?<file>[^\s:]+):)?(?:(?<line>\d+)(?::\([^)]+\))?|\([^)]+\)): (?<message>undefined reference to .*|multiple definition of .*|relocation truncated .*|warning: .*)$/,
    read: (groups) =>
      located(
        { ...groups, message: groups.message?.replace(/^warning: /, '') },
        groups.message?.startsWith('warning: ') ? 'warning' : 'error',
      ),
  },
  {
    expression: /^\S*ld(?:\.\w+)?: (?:(?<file>[^\s:]+): )?(?<word>warning): (?<message>.*)$/,
    read: (groups) => located(groups, 'warning'),
  },
  {
    expression: /^\S*ld(?:\.\w+)?: ?(?<file>[^\s:]+\.lds\S*):(?<line>\d+): (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression:
      /^\S*ld(?:\.\w+)?: (?:error: )?(?<message>(?!\S+: in function)(?!warning|NOTE: |final link failed(?!: No space)).*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^(?<file>[^\s:]+\.k?o): (?<word>warning|error): (?<message>objtool: .*)$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    expression: /^(?<word>WARNING|ERROR|FATAL): (?:modpost: )?(?<message>.*)$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    // What makes the kernel out of its parts.
    expression:
      /^(?<message>BTF: .*|FAILED:? .*|Failed to generate BTF for .*|kallsyms failure: .*|Inconsistent kallsyms data)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression:
      /^(?:cc1|gcc|\S+-gcc|as|\S+-as|collect2|(?:\S*-)?clang(?:-\d+)?|(?:\S*-)?gcc(?:-\d+)?|rustc|objtool|resolve_btfids|dtc): (?<word>fatal error|internal compiler error|Internal error|error): (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
];
