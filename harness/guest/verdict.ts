import { type Cause, type GuestGone, type Outcome, type Splat } from '../model/index.ts';
import { excerptOf, stripPrefix } from './log/index.ts';

export interface CaseVerdict {
  readonly outcome: Outcome;
  /** Of a skip. */
  readonly reason?: string;
  readonly cause?: Cause;
}

/** What a guest said and did in a part of its life. */
export interface Stretch {
  /** Lines of the kernel log. */
  readonly lines: readonly string[];
  readonly splats: readonly Splat[];
  /** Why it is gone, where it went. */
  readonly gone?: GuestGone;
  /** Of its end: modules that could not be unloaded, each as a sentence. */
  readonly left?: readonly string[];
}

const longestExcerpt = 60;

/** Most further reports that are listed. */
const mostOthers = 10;

/** A failure with its reason; the excerpt is cut where nobody would read on. */
export function failure(summary: string, blame: Cause['blame'], excerpt: readonly string[]): CaseVerdict {
  return { outcome: 'fail', cause: { blame, summary, excerpt: excerpt.slice(0, longestExcerpt) } };
}

/** Whether a report is one that a case has announced. */
export function isReport(pattern: RegExp, splat: Splat): boolean {
  const texts = [splat.title, ...splat.excerpt.flatMap((line) => [line, stripPrefix(line).text])];
  return texts.some((text) => {
    pattern.lastIndex = 0;
    return pattern.test(text);
  });
}

/** A crash where the kernel reports what nobody expected; `when` says of a report when it came, where that matters. */
export function judgeSplats(
  splats: readonly Splat[],
  expected: readonly RegExp[] = [],
  when: (splat: Splat) => string = () => '',
): CaseVerdict | undefined {
  const isExpected = (splat: Splat): boolean => expected.some((pattern) => isReport(pattern, splat));
  const found = splats.filter((splat) => splat.severity !== 'coverage' && !isExpected(splat));
  // What a kernel reports after its first report may well follow from that.
  const [first, ...others] = found;
  if (!first) return undefined;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  const summary = `${when(first)}${first.title}${more}`;
  const titles = others.slice(0, mostOthers).map((splat) => `also: ${when(splat)}${splat.title}`);
  if (others.length > mostOthers) titles.push(`and ${others.length - mostOthers} more reports`);
  return { outcome: 'crash', cause: { blame: 'kernel', summary, excerpt: [...excerptOf(first), ...titles] } };
}

/** A guest that went by itself, as a verdict. */
export function judgeGone(gone: GuestGone): CaseVerdict {
  const outcome = gone.ending === 'hang' ? 'timeout' : 'crash';
  const lines = gone.message.split('\n');
  return { outcome, cause: { blame: 'kernel', summary: lines[0] ?? '', excerpt: lines } };
}
