import { type CaseResult, type Cause, defined, type KtapCase } from '../../../model/index.ts';

/** Of what was printed before a result, the last lines stand in its cause. */
const shownRemarks = 40;

/** Name of a case: the names of the tests around it, outermost first. */
function nameOfTest({ path, problem }: Pick<KtapCase, 'path' | 'problem'>): string {
  const name = path.join(' / ');
  if (problem === undefined || problem === 'missing') return name;
  return `${name === '' ? '' : `${name}: `}the output is in order`;
}

/**
 * The tests of an output as cases of a suite. What contradicts itself or lacks something is told as a case as well, several
 * faults at one place as one.
 *
 * @param log what to read on, relative to the log directory
 */
export function ktapResults(
  cases: readonly KtapCase[],
  { suite, log, ms = 0 }: { readonly suite: string; readonly log?: string; readonly ms?: number },
): CaseResult[] {
  const results = new Map<string, CaseResult>();
  const each = cases.length === 0 ? 0 : Math.round(ms / cases.length);
  for (const one of cases) {
    const { outcome, summary = outcome, remarks, problem, path } = one;
    // A test whose nested tests have results of their own shares its name with none of them.
    const name = nameOfTest(one) || (path.length === 0 ? 'all tests' : '');
    const before = results.get(name);
    const common = { suite, name, ms: each };
    if (outcome === 'pass') results.set(name, { ...common, outcome });
    else if (outcome === 'skip') results.set(name, { ...common, outcome, reason: summary });
    else {
      // A stream that lies tells of its test, not of the kernel.
      const blame: Cause['blame'] = problem === undefined || problem === 'missing' ? 'kernel' : 'suite';
      const excerpt = [...(before?.cause?.excerpt ?? []), ...remarks.slice(-shownRemarks)];
      const more = before?.cause === undefined ? [] : [summary];
      const cause = {
        blame,
        summary: before?.cause?.summary ?? summary,
        excerpt: [...excerpt, ...more],
        ...defined({ log }),
      };
      results.set(name, { ...common, outcome, cause });
    }
  }
  return [...results.values()];
}
