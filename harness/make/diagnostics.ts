import type { Diagnostic } from '../model/index.ts';
import { patterns } from './patterns.ts';

/** A message with the lines of the log that belong to it, paths made relative to the tree. */
export interface BuildFinding {
  readonly diagnostic: Diagnostic;
  readonly lines: readonly string[];
}

/** What a make said. */
export interface LogReading {
  /** The things that were made (`kernel/fork.o`), relative to the build directory. */
  readonly made: ReadonlySet<string>;
  readonly findings: readonly BuildFinding[];
}

/** Where make saw the tree and the build directory, to make paths relative. */
export interface LogRoots {
  readonly worktree: string;
  readonly directory: string;
}

/** `  CC      kernel/fork.o`, `  CC [M]  fs/ext4/inode.o`. */
const quiet = /^ {2}(?<step>[A-Z][A-Z\d_.+-]+)(?: \[M\])? +(?<path>\S+)/;
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

/** What a CI system puts in front of each line. */
const hostStamp =
  /^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?: \d\d[OE][ +]| |$)|\[\d\d:\d\d:\d\d(?:\.\d{1,9})?\](?: |$)|\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: |$))/;
/** What a CI system puts in front of a message that it found itself, and colours. */
const marks = /^##\[(?:error|warning|command|section)\]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: compilers colour what they say.
const colours = /\u001b\[[\d;]{0,20}[mK]/g;
/** Old compilers say so in front of the warnings; the next object ends it. */
const strictly = /^cc1: warnings being treated as errors$/;
/** The compiler's own words about messages that stand above. */
const repeated = /^cc1: (?:(?:all|some) )?warnings being treated as errors$/;

/**
 * Reads the log of a make that ran with `--output-sync=target`: what it made and what was said about it, in order.
 */
export function readBuildLog(text: string, roots: LogRoots): LogReading {
  const prefixes = [pathStart(roots.worktree), pathStart(roots.directory), /^\.\//g];
  const lines = text
    .split('\n')
    .map((line) => prefixes.reduce((short, prefix) => short.replace(prefix, ''), bare(line.slice(0, longestLine))));
  const made = new Set<string>();
  const findings: BuildFinding[] = [];
  let object: string | undefined;
  let strict = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const target = madeBy(line);
    if (target !== undefined) {
      object = target;
      strict = false;
      made.add(target);
      continue;
    }
    strict ||= strictly.test(line);
    const read = findings.length < mostFindings ? readLine(line) : undefined;
    if (!read) continue;
    const diagnostic: Diagnostic = strict ? { ...read, severity: 'error' } : read;
    const start = firstLead(lines, at);
    const end = lastDetail(lines, at);
    // Where nothing keeps the goals of a make apart, its own words tell what could not be made.
    const goal = (diagnostic.file === undefined ? goalAfter(lines, end) : undefined) ?? object;
    const own = goal !== undefined && !makeLine.test(line) ? { object: goal } : {};
    const told = lines.slice(start, Math.min(end, start + longest));
    findings.push({ diagnostic: { ...placed(diagnostic, told), ...own }, lines: told });
    at = end - 1;
  }
  return { made, findings };
}

/**
 * Whether kconfig said it. Make runs kconfig now and then, as its files change; the configure stage always does, so what
 * kconfig says is judged there.
 */
export function isOfKconfig({ diagnostic: { file, message } }: BuildFinding): boolean {
  const name = file?.slice(file.lastIndexOf('/') + 1);
  return name?.startsWith('Kconfig') === true || name === '.config' || message.includes('unmet direct dependencies');
}

/** A line without what others have put around it. */
function bare(line: string): string {
  const plain = line.includes('\u001b') ? line.replace(colours, '') : line;
  const end = plain.endsWith('\r') ? plain.trimEnd() : plain;
  return end.replace(hostStamp, '').replace(marks, '');
}

/** Only where a path begins: the tree's own paths may contain the same names. */
function pathStart(directory: string): RegExp {
  return new RegExp(`(?<![\\w./-])${directory.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`, 'g');
}

function readLine(line: string): Diagnostic | undefined {
  // "all warnings being treated as errors" and the like only repeat what stands above.
  if (repeated.test(line)) return undefined;
  for (const { expression, read } of patterns) {
    const groups = expression.exec(line)?.groups;
    if (groups) return read(groups, line);
  }
  return undefined;
}

const objectLine = /^(?:\S*ld(?:\.\w+)?: )?((\S+\/)[^\s/]+\.[oa])(?:\([^)]*\))?: [Ii]n function/;
const rustPlace = /^\s+--> (\S+?):(\d+):(\d+)$/;

/** Adds to a message what the lines around it say of its place: the linker's directory, the place of rustc. */
function placed(diagnostic: Diagnostic, lines: readonly string[]): Diagnostic {
  const { file } = diagnostic;
  const objects = lines.map((each) => objectLine.exec(each)).findLast((match) => match);
  if (file === undefined) {
    const [, name, line, column] = lines.map((each) => rustPlace.exec(each)).find((match) => match) ?? [];
    if (name !== undefined) return { ...diagnostic, file: name, line: Number(line), column: Number(column) };
    return objects?.[1] === undefined ? diagnostic : { ...diagnostic, file: objects[1] };
  }
  return file.includes('/') || objects?.[2] === undefined
    ? diagnostic
    : { ...diagnostic, file: `${objects[2]}${file}` };
}

/** Lines after a message in which make says which goal it ended. */
const nearGoal = 6;

function goalAfter(lines: readonly string[], at: number): string | undefined {
  for (const line of lines.slice(at, at + nearGoal)) {
    const goal = /^make(?:\[\d+\])?: \*\*\* \[(?:[^\]]*: )?([^\]:]+)\] /.exec(line)?.[1];
    if (goal !== undefined) return goal;
  }
  return undefined;
}

/** Make's own words, for a log in which nobody else says why it failed: the first goal that did. */
export function failedGoal(text: string): BuildFinding | undefined {
  const line = /^(?:.{0,60} )?make(?:\[\d+\])?: \*\*\* \[.*$/m.exec(text)?.[0];
  const [, place, message] = /\*\*\* \[(?:[^\]]*: )?([^\]:]+)\] (.*)$/.exec(line ?? '') ?? [];
  if (line === undefined || place === undefined || message === undefined) return undefined;
  return { diagnostic: { severity: 'error', file: place, message: message.trim() }, lines: [line] };
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
    (/^\s+(?!ERROR: )\S/.test(line) && madeBy(line) === undefined) ||
    /^(?:[^\s:]+:\d+:(?:\d+:)? note: |\*\*\*|>>> )/.test(line);
  while (end < lines.length && belongs(lines[end] ?? '')) end += 1;
  return end;
}
