import type { CheckFinding } from '../model/index.ts';

/** What stays of a finding when lines move: the file, and the text without the numbers of lines in it. */
function contentOf({ file, text }: CheckFinding): string {
  return `${file ?? ''}\0${text.replaceAll(/:\d+(?::\d+)?\b/g, '').replaceAll(/\bline \d+/g, 'line')}`;
}

/** Findings that the point before has not, by their content: of equal ones as many as are more. */
export function freshFindings(now: readonly CheckFinding[], before: readonly CheckFinding[]): CheckFinding[] {
  const known = new Map<string, number>();
  for (const one of before) known.set(contentOf(one), (known.get(contentOf(one)) ?? 0) + 1);
  return now.filter((one) => {
    const count = known.get(contentOf(one)) ?? 0;
    known.set(contentOf(one), count - 1);
    return count <= 0;
  });
}
