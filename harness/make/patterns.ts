import { type Diagnostic, defined } from '../model/index.ts';

/** One wording of a message, and what it says. */
interface Pattern {
  readonly expression: RegExp;
  readonly read: (groups: Record<string, string | undefined>, line: string) => Diagnostic;
}

function located(groups: Record<string, string | undefined>, severity: Diagnostic['severity']): Diagnostic {
  return {
    severity,
    message: groups.message ?? '',
    ...defined({ file: groups.file }),
    ...(groups.line === undefined ? {} : { line: Number(groups.line) }),
    ...(groups.column === undefined ? {} : { column: Number(groups.column) }),
    ...defined({ option: groups.option }),
  };
}

function severityOf(word: string | undefined): Diagnostic['severity'] {
  return /error|fatal/i.test(word ?? '') ? 'error' : 'warning';
}

/** In the order in which they are tried; the first that matches a line reads it. */
export const patterns: readonly Pattern[] = [
  {
    // The compiler, the assembler, make and kconfig.
    expression:
      /^(?<file>[^\s:][^:]*):(?<line>\d+):(?:(?<column>\d+):)? ?(?<word>fatal error|error|warning|Error|Warning): (?<message>.*?)(?: \[(?<option>-W[^\]]+)\])?$/,
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
    // A box of the top Makefile.
    expression: /^\*\*\* +(?<message>[^\s*].*)$/,
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
    // With debug information the linker names file and line, else the section.
    expression:
      /^(?:\S*ld(?:\.\w+)?: )?(?<file>[^\s:]+):(?:(?<line>\d+)|\([^)]+\)): (?<message>undefined reference to .*|multiple definition of .*|relocation truncated .*|warning: .*)$/,
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
    expression: /^\S*ld(?:\.\w+)?: (?:error: )?(?<message>(?!\S+: in function)(?!warning|final link failed).*)$/,
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
    expression: /^\/bin\/sh: (?:\d+|line \d+): (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression:
      /^(?:cc1|gcc|\S+-gcc|as|\S+-as|collect2|(?:\S*-)?clang(?:-\d+)?|(?:\S*-)?gcc(?:-\d+)?|rustc|objtool|resolve_btfids|dtc): (?:fatal )?error: (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
];
