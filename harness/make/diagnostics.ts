import { type Diagnostic, defined } from '../model/index.ts';

/** A message with the lines of the log that belong to it, paths made relative to the tree. */
export interface Finding {
  readonly diagnostic: Diagnostic;
  readonly lines: readonly string[];
}

/** What a make said. */
export interface LogReading {
  /** The things that were made (`kernel/fork.o`), relative to the build directory. */
  readonly made: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** Where make saw the tree and the build directory, to make paths relative. */
export interface LogRoots {
  readonly worktree: string;
  readonly directory: string;
}

/** `  CC      kernel/fork.o`, `  CC [M]  fs/ext4/inode.o`. */
const quiet = /^ {2}(?<step>[A-Z][\w.+-]*)(?: \[M\])? +(?<path>\S+)/;
const makeLine = /^make(?:\[\d+\])?: /;

/**
 * The thing that a quiet line of kbuild says is being made; undefined for any other line. Modpost only looks at what was
 * linked, in old trees each time, so what it says is kept apart from what the linker said.
 */
export function madeBy(line: string): string | undefined {
  const { step, path } = quiet.exec(line)?.groups ?? {};
  return step === 'MODPOST' && path !== undefined ? `modpost:${path}` : path;
}

/** Lines that come before a message and belong to it: where an include came from, which function it is in. */
const lead =
  /^(In file included from .*|\s+(?:inlined )?from .*|\S+?: In function .*|\S+?: At top level:|\S+: Assembler messages:|\S*ld(?:\.\w+)?: \S+: in function .*|\S+: in function .*:)$/;

/** Most lines shown for one message. */
const longest = 40;
/** Characters of a line that are read: what comes after them says nothing to anybody. */
const longestLine = 4096;
/** Messages that are read of one make; no compiler of an honest kernel says so much. */
const mostFindings = 20_000;

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
  return /error/i.test(word ?? '') ? 'error' : 'warning';
}

/** In the order in which they are tried; the first that matches a line reads it. */
const patterns: readonly Pattern[] = [
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
    expression: /^(?<file>\S*Kconfig\S*):(?<line>\d+): (?<message>.*)$/,
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
    expression: /^\S*ld(?:\.\w+)?: (?<message>(?!\S+: in function)(?!warning|final link failed).*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^(?<file>[^\s:]+\.k?o): (?<word>warning|error): (?<message>objtool: .*)$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    expression: /^(?<word>WARNING|ERROR): (?:modpost: )?(?<message>.*)$/,
    read: (groups) => located(groups, severityOf(groups.word)),
  },
  {
    expression: /^warning: (?<message>.*)$/,
    read: (groups) => located(groups, 'warning'),
  },
  {
    expression: /^\/bin\/sh: (?:\d+|line \d+): (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
  {
    expression: /^(?:cc1|gcc|\S+-gcc|as|\S+-as|collect2): (?:fatal )?error: (?<message>.*)$/,
    read: (groups) => located(groups, 'error'),
  },
];

/**
 * Reads the log of a make that ran with `--output-sync=target`: what it made and what was said about it, in order.
 */
export function readBuildLog(text: string, roots: LogRoots): LogReading {
  const prefixes = [pathStart(roots.worktree), pathStart(roots.directory), /^\.\//g];
  const lines = text
    .split('\n')
    .map((line) => prefixes.reduce((short, prefix) => short.replace(prefix, ''), line.slice(0, longestLine)));
  const made = new Set<string>();
  const findings: Finding[] = [];
  let object: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const target = madeBy(line);
    if (target !== undefined) {
      object = target;
      made.add(target);
      continue;
    }
    const diagnostic = findings.length < mostFindings ? readLine(line) : undefined;
    if (!diagnostic) continue;
    const start = firstLead(lines, at);
    const end = lastDetail(lines, at);
    const own = object !== undefined && !makeLine.test(line) ? { object } : {};
    findings.push({ diagnostic: { ...diagnostic, ...own }, lines: lines.slice(start, Math.min(end, start + longest)) });
    at = end - 1;
  }
  return { made, findings };
}

/**
 * Whether kconfig said it. Make runs kconfig now and then, as its files change; the configure stage always does, so what
 * kconfig says is judged there.
 */
export function isOfKconfig({ diagnostic: { file, message } }: Finding): boolean {
  const name = file?.slice(file.lastIndexOf('/') + 1);
  return name?.startsWith('Kconfig') === true || name === '.config' || message.includes('unmet direct dependencies');
}

/** Only where a path begins: the tree's own paths may contain the same names. */
function pathStart(directory: string): RegExp {
  return new RegExp(`(?<![\\w./-])${directory.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`, 'g');
}

function readLine(line: string): Diagnostic | undefined {
  // "all warnings being treated as errors" and the like only repeat what stands above.
  if (/^cc1: (all|some) warnings being treated as errors$/.test(line)) return undefined;
  for (const { expression, read } of patterns) {
    const groups = expression.exec(line)?.groups;
    if (groups) return read(groups, line);
  }
  return undefined;
}

function firstLead(lines: readonly string[], at: number): number {
  let start = at;
  while (start > 0 && at - start < 12 && lead.test(lines[start - 1] ?? '')) start -= 1;
  return start;
}

/** The source line, the caret and the notes that follow a message. */
function lastDetail(lines: readonly string[], at: number): number {
  let end = at + 1;
  const belongs = (line: string): boolean =>
    /^\s+\S/.test(line) && madeBy(line) === undefined ? true : /^[^\s:]+:\d+:(?:\d+:)? note: /.test(line);
  while (end < lines.length && belongs(lines[end] ?? '')) end += 1;
  return end;
}
