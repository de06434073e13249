import path from 'node:path';
import { describeChain, type FixResult, groupBy, type IndirectUse, isRisky, type LintResult } from '../model/index.ts';
import { plural } from './words.ts';

/** Indirect uses by file and header; the risky ones alone unless `all` is set. */
export function renderLint(result: LintResult, all: boolean): string {
  const shown = result.uses.filter((one) => all || isRisky(one));
  const groups = groupBy(shown, ({ file, include }) => `${file}: ${include}`);
  const risky = result.uses.filter(isRisky).length;
  const rest = result.uses.length - risky;
  return [
    ...[...groups].flatMap(([title, uses]) => groupLines(title, uses)),
    ...result.unseen.map((file) => `${file}: not checked: no translation unit of these targets contains it`),
    `${plural(result.files.length, 'file')} on ${result.targets.join(', ')}: ${risky} risky, ` +
      `${rest} indirect${all || rest === 0 ? '' : ' (--all shows them)'}`,
    '',
  ].join('\n');
}

/** A file and a header, what is used of it, and how each target comes to it; equal ways once. */
function groupLines(title: string, uses: readonly IndirectUse[]): string[] {
  const names = uses.map(({ use }) => `${use.kind === 'struct' ? 'struct ' : ''}${use.name} (line ${use.line})`);
  const ways = groupBy(
    uses.flatMap((one) => one.ways),
    ({ chain, weak }) => [...(chain.length > 0 ? [describeChain(chain)] : []), ...weak].join('\n      '),
  );
  return [
    title,
    `  uses ${names.join(', ')}`,
    ...[...ways].map(([text, on]) => `    ${[...new Set(on.map(({ target }) => target))].join(', ')}: ${text}`),
    '',
  ];
}

/** What came of `--fix`: the includes that were added and the files that hold them, or why nothing was written. */
export function renderFix({ fixes, written, trial, problem }: FixResult, cwd: string): string {
  const lines = fixes.map(({ patch, file, includes }) => `  ${patch}: ${file} includes ${includes.join(' and ')}`);
  if (problem !== undefined) {
    const bad = trial?.cells.filter(({ outcome }) => outcome !== 'pass') ?? [];
    const where = bad.map((cell) => `  point ${cell.point} on ${cell.target}: ${cell.cause?.summary ?? cell.outcome}`);
    return ['', `not fixed: ${problem}`, ...lines, ...where, ''].join('\n');
  }
  const points = `${trial?.points.length === 1 ? 'point' : 'points'} ${trial?.points.join(', ') ?? ''}`;
  const built = `built ${points} on ${trial?.targets.join(', ') ?? ''}`;
  const files = written.map((file) => `  ${path.relative(cwd, file)}`);
  return ['', `fixed (${built}; run again for the rest):`, ...lines, 'written:', ...files, ''].join('\n');
}
