import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { type CaseVerdict, failure, isReport, judgeGone, judgeSplats } from '../guest/verdict.ts';
import { formatLocation, type GuestGone, type GuestRefusal, type SourceLocation, type Splat } from '../model/index.ts';

/** What was seen of a case. */
export interface Observed {
  /** What ava holds against the case, or what bringing up a guest threw. */
  readonly error: unknown;
  /** Whether an error was thrown by a call to the guest. */
  readonly isFromGuest: (error: unknown) => boolean;
  readonly timedOut: boolean;
  readonly timeoutMs: number;
  /** Calls to the guest that had no answer when the time was up. */
  readonly pending: readonly string[];
  /** What was found out about the guest then. */
  readonly examined?: GuestGone;
  /** Kernel-log reports that began while the case ran. */
  readonly splats: readonly Splat[];
  /** Of a guest of its own: those of its boot, and those that came after the case until the guest was closed. */
  readonly before?: readonly Splat[];
  readonly after?: readonly Splat[];
  /** Why the guest is gone, where it went by itself. */
  readonly gone?: GuestGone;
  /** The line with which the kernel said that it ends. */
  readonly goodbye?: string;
  /** Messages of the log that the console has not shown. */
  readonly dropped?: number;
  readonly expected: readonly RegExp[];
  /** The case wants the guest to end: to power off, to reboot. */
  readonly endExpected?: boolean;
  /** Absolute path of the suite file, for places in it. */
  readonly file: string;
}

/** ava's own error, as far as it is looked at. */
interface AvaError extends Error {
  readonly assertion?: string;
  readonly assertionStack?: string;
  readonly improperUsage?: unknown;
  readonly formattedDetails?: readonly { readonly label: string; readonly formatted: string }[];
}

const suiteErrors: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'SyntaxError',
  'AssertionError',
]);

/** The error that a case threw, out of ava's wrapping; undefined for a failed assertion. */
function thrownBy(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const ava = error as AvaError;
  return ava.name === 'AssertionError' ? ava.cause : error;
}

function chain(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && found.length < 10; at = at.cause) found.push(at);
  return found;
}

/** Whom the agent's refusal, if the error is one, is to be blamed on. */
function refusedBy(error: unknown): 'suite' | 'host' | undefined {
  const link = chain(error).find((each) => each.name === 'GuestRefusal');
  return link && 'blame' in link ? (link as GuestRefusal).blame : undefined;
}

/** Whether the machine, not the kernel, is to blame: worth another try with another guest. */
function isHostFault(error: unknown): boolean {
  return (
    refusedBy(error) === 'host' ||
    chain(error).some(
      (link) => link.name === 'HostError' || (link.name === 'GuestGone' && 'ending' in link && link.ending === 'host'),
    )
  );
}

/** First place in a file that a stack names. */
export function placeIn(file: string, stack: string | undefined): SourceLocation | undefined {
  for (const line of (stack ?? '').split('\n')) {
    const match = /(?:^|[\s(])((?:file:\/\/)?\/.+?):(\d+):(\d+)\)?$/.exec(line);
    if (match?.[1] === undefined) continue;
    const named = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1];
    if (named.replace(/\?.*$/, '') === file) return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function describe(error: unknown): string {
  if (error instanceof Error) return `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`;
  return `threw ${String(error)}`;
}

function stackLines(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return stack.split('\n').filter((line) => !/\bnode:internal|[\\/]node_modules[\\/]/.test(line));
}

function withPlace(summary: string, place: SourceLocation | undefined): string {
  if (!place) return summary;
  return `${formatLocation({ ...place, file: path.basename(place.file) })}: ${summary}`;
}

function goneIn(thrown: unknown): GuestGone | undefined {
  const gone = chain(thrown).find((link) => link.name === 'GuestGone');
  return gone && 'ending' in gone ? (gone as GuestGone) : undefined;
}

/** What became of the guest while its case had nothing against it. */
function judgeEnd({ gone, goodbye, endExpected, splats, after = [], expected }: Observed): CaseVerdict | undefined {
  const isEnd = gone?.ending === 'exit' || gone?.ending === 'reboot' || goodbye !== undefined;
  if (endExpected) return isEnd ? undefined : (gone && judgeGone(gone)) || noEnd;
  // The report that ended it was expected.
  const wanted = [...splats, ...after].some(
    (splat) => splat.severity === 'fatal' && expected.some((pattern) => isReport(pattern, splat)),
  );
  if (wanted) return undefined;
  // A machine that cannot be switched off stands still after its last words.
  if (gone && (gone.ending !== 'hang' || goodbye === undefined)) return judgeGone(gone);
  if (goodbye === undefined) return undefined;
  const summary = `the guest was told to end: ${goodbye}`;
  return { outcome: 'crash', cause: { blame: 'kernel', summary, excerpt: [goodbye] } };
}

const noEnd = failure('the guest did not end', 'kernel', []);

function judgeError(observed: Observed): CaseVerdict {
  const { error, file } = observed;
  const thrown = thrownBy(error);
  const ava = error as AvaError;
  const details = (ava.formattedDetails ?? []).flatMap(({ label, formatted }) =>
    stripVTControlCharacters(`${label}\n${formatted}`).split('\n'),
  );
  if (thrown === undefined) {
    const place = placeIn(file, ava.assertionStack);
    const what = ava.message === '' ? `${ava.assertion ?? 'assertion'} failed` : ava.message;
    const blame = ava.improperUsage ? 'suite' : 'kernel';
    return failure(withPlace(what, place), blame, details);
  }
  // A condition that the suite hands to the guest may have an error of its own.
  const kernel =
    refusedBy(thrown) === undefined &&
    chain(thrown).some((link) => observed.isFromGuest(link) && !suiteErrors.has(link.name));
  const place = placeIn(file, thrown instanceof Error ? thrown.stack : undefined);
  return failure(withPlace(describe(thrown), place), kernel ? 'kernel' : 'suite', stackLines(thrown));
}

/** Decides a case. Reports of the kernel come first: what happens after one is its consequence. */
export function judgeCase(observed: Observed): CaseVerdict {
  const { error, timedOut, splats, before = [], after = [], expected, gone } = observed;
  const all = [...before, ...splats, ...after];
  const crashed = judgeSplats(all, expected, (splat) => {
    if (before.includes(splat)) return 'while its guest came up: ';
    return after.includes(splat) ? 'after the case, before its guest was closed: ' : '';
  });
  if (crashed) return crashed;
  const host = hostVerdict(observed);
  if (host) return host;
  // A machine that cannot be switched off stands still after its last words, and answers nothing.
  const left = timedOut && !observed.endExpected && observed.goodbye !== undefined ? judgeEnd(observed) : undefined;
  if (timedOut) return left ?? judgeTimeout(observed);
  const skipped = chain(thrownBy(error)).find((link) => link.name === 'SkippedCase');
  const failed = error === undefined || skipped ? undefined : goneIn(thrownBy(error));
  if (failed && !(observed.endExpected && gone)) return judgeGone(failed);
  if (error !== undefined && !skipped && !failed) return judgeError(observed);
  const ended = judgeEnd(observed);
  if (ended) return ended;
  if (observed.dropped) {
    const summary = `the log is incomplete: the console dropped ${observed.dropped} messages, which may contain a report`;
    return failure(summary, 'kernel', []);
  }
  if (skipped) return { outcome: 'skip', reason: skipped.message };
  const missing = expected.find((pattern) => !all.some((splat) => isReport(pattern, splat)));
  if (missing) return failure(`the kernel log has no report that matches ${String(missing)}`, 'kernel', []);
  return { outcome: 'pass' };
}

/** The machine failed the case. */
function hostVerdict({ error, examined, gone }: Observed): CaseVerdict | undefined {
  const notRun = (fault: unknown): CaseVerdict => ({
    outcome: 'not-run',
    cause: { blame: 'host', summary: describe(fault), excerpt: stackLines(fault) },
  });
  const thrown = thrownBy(error) ?? error;
  if (isHostFault(thrown)) return notRun(thrown);
  const fault = [examined, gone].find((each) => each?.ending === 'host');
  return fault && { outcome: 'not-run', cause: { blame: 'host', summary: fault.message, excerpt: [] } };
}

function judgeTimeout({ timeoutMs, pending, examined }: Observed): CaseVerdict {
  const waiting = pending.at(-1);
  const summary =
    waiting === undefined
      ? `timed out after ${seconds(timeoutMs)} with no guest call pending`
      : `timed out after ${seconds(timeoutMs)}: the guest did not answer ${waiting}`;
  const excerpt = [...pending.map((call) => `waiting for ${call}`), ...(examined?.message.split('\n') ?? [])];
  return { outcome: 'timeout', cause: { blame: waiting === undefined ? 'suite' : 'kernel', summary, excerpt } };
}
