import type { BisectPoint, Sign } from '../model/index.ts';

/** What git is told of a bisection. Points that are no commits are left out. */
export interface GitLogRequest {
  /** The ends: believed ones as well, since git wants both. */
  readonly bad: BisectPoint;
  readonly good: BisectPoint;
  /** In the order in which they were judged. */
  readonly judged: readonly { readonly point: BisectPoint; readonly sign: Sign }[];
  readonly culprit?: BisectPoint;
  /** Several, where they can't be told apart. */
  readonly suspects?: readonly BisectPoint[];
}

function comment(what: string, point: BisectPoint): string {
  return `# ${what}: [${point.commit ?? ''}] ${(point.subject ?? point.label).replaceAll('\n', ' ')}`;
}

/** A log as `git bisect log` prints it, for `git bisect replay`. */
export function gitBisectLog({ bad, good, judged, culprit, suspects = [] }: GitLogRequest): string {
  const steps = judged.filter(
    ({ point }) => point.commit !== undefined && ![bad.commit, good.commit].includes(point.commit),
  );
  const lines = [
    comment('bad', bad),
    comment('good', good),
    `git bisect start '${bad.commit ?? ''}' '${good.commit ?? ''}'`,
    ...steps.flatMap(({ point, sign }) => [comment(sign, point), `git bisect ${sign} ${point.commit ?? ''}`]),
  ];
  if (culprit) lines.push(comment('first bad commit', culprit));
  if (suspects.length > 0) {
    lines.push(
      '# only skipped commits left to test',
      ...suspects.map((one) => comment('possible first bad commit', one)),
    );
  }
  return `${lines.join('\n')}\n`;
}
