import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { copyIfThere } from '../../host/files/write.ts';
import { splitMail } from '../../host/git/patch.ts';
import type { Context, FixResult, MissingInclude, QueueFix, Run, Series } from '../../model/index.ts';
import { addedLines } from '../../series/amend.ts';
import { type RunRequest } from '../run/request.ts';
import { run } from '../run/run.ts';
import { makePoints } from '../series/points.ts';
import { readSeries } from '../series/read.ts';
import { fetchTree } from '../tree/fetch.ts';
import { changeQueue, type FixMode } from './queue.ts';

/** A fix can uncover the next missing include; more rounds than this mean that something else is wrong. */
const rounds = 8;

/**
 * Puts the includes that a run's diagnosis proposes into the queue, once the changed queue builds on every target of the
 * run at the points that it changes, and every later patch still applies.
 */
export async function fixIncludes(
  request: RunRequest,
  failed: Run,
  mode: FixMode,
  context: Context,
): Promise<FixResult> {
  const { spec } = request.selection;
  const queue = spec.directory;
  if (queue === undefined) return { fixes: [], written: [], problem: 'the empty series has no queue to fix' };
  const series = await readSeries(spec, context.signal);
  const tree = await fetchTree(request.selection.recipe, context);
  let wanted = await wantedFixes([failed], series, context.signal);
  if (wanted.length === 0) return { fixes: [], written: [], problem: 'no #include is proposed' };
  const runs = [failed];
  for (let round = 1; round <= rounds; round += 1) {
    const attempt = await withScratch({ purpose: 'fix', parent: context.cache.root }, async (scratch) => {
      const copy = path.join(scratch, 'queue');
      await copyIfThere(queue, copy);
      const trialSpec = { ...spec, directory: copy };
      const files = await changeQueue({ tree, spec: trialSpec, fixes: wanted, mode }, context);
      const changed = await readSeries(trialSpec, context.signal);
      const refused = (await makePoints(tree, changed, context)).find(({ result }) => result.outcome === 'fail');
      if (refused) return { problem: `with it, ${refused.result.cause?.summary ?? 'a later patch does not apply'}` };
      const trial = await build(request, changed, wanted, mode, path.join(scratch, 'runs'), copy, context);
      if (trial.verdict !== 'pass') return { trial, problem: 'the changed queue does not build on every target' };
      const written = files.map((name) => path.join(queue, name));
      for (const name of files) await copyIfThere(path.join(copy, name), path.join(queue, name));
      return { trial, written };
    });
    if (attempt.problem === undefined) return { fixes: wanted, written: attempt.written, trial: attempt.trial };
    const { trial } = attempt;
    if (trial) runs.push(trial);
    const next = await wantedFixes(runs, series, context.signal);
    if (trial === undefined || count(next) === count(wanted)) return { fixes: wanted, written: [], ...attempt };
    wanted = next;
  }
  return { fixes: wanted, written: [], problem: `after ${rounds} rounds, #includes are still missing` };
}

function count(fixes: readonly QueueFix[]): number {
  return fixes.reduce((sum, { includes }) => sum + includes.length, 0);
}

/** Builds the points that the fixes change, each with the one before it, so that new warnings show. */
async function build(
  request: RunRequest,
  changed: Series,
  fixes: readonly QueueFix[],
  mode: FixMode,
  out: string,
  directory: string,
  context: Context,
): Promise<Run> {
  const points = new Set<number>();
  for (const { patch } of fixes) {
    const at = (changed.patches.find(({ name }) => name === patch)?.index ?? 0) + (mode === 'patch' ? 1 : 0);
    points.add(mode === 'patch' ? at : at - 1).add(at);
  }
  const { selection } = request;
  const { run: trial } = await run(
    {
      ...request,
      selection: { ...selection, spec: { ...selection.spec, directory } },
      points: [...points].join(','),
      until: 'build',
      keepGoing: true,
      out,
    },
    context,
  );
  return trial;
}

/** The fixes that runs propose, in the order of the series. */
async function wantedFixes(runs: readonly Run[], series: Series, signal: AbortSignal): Promise<QueueFix[]> {
  const added = await Promise.all(
    series.patches.map(async ({ path: file }) =>
      addedLines(Buffer.from((await splitMail(file, signal)).diff).toString()),
    ),
  );
  const fixes = new Map<string, { patch: number; file: string; includes: Set<string> }>();
  for (const one of runs) {
    for (const { point, patch, target, cause } of one.cells) {
      const index = series.patches.find(({ name }) => name === patch)?.index ?? point;
      const passed = one.cells
        .filter((cell) => cell.target === target && cell.point < point && cell.outcome === 'pass')
        .map((cell) => cell.point);
      for (const missing of cause?.missingIncludes ?? []) {
        const at = patchToBlame(missing, Math.max(0, ...passed), Math.min(index, series.patches.length), series, added);
        if (at === undefined) continue;
        const key = `${at} ${missing.file}`;
        const known = fixes.get(key) ?? { patch: at, file: missing.file, includes: new Set<string>() };
        known.includes.add(missing.include);
        fixes.set(key, known);
      }
    }
  }
  return [...fixes.values()]
    .toSorted((a, b) => a.patch - b.patch)
    .map(({ patch, file, includes }) => ({
      patch: series.patches[patch - 1]?.name ?? '',
      file,
      includes: [...includes],
    }));
}

/** The first patch after a good point that brings the use of a name; else that touches the file; else the point's own. */
function patchToBlame(
  { file, symbol }: MissingInclude,
  good: number,
  bad: number,
  series: Series,
  added: readonly ReturnType<typeof addedLines>[],
): number | undefined {
  const candidates = series.patches.filter(({ index }) => index > good && index <= bad).map(({ index }) => index);
  const word = new RegExp(`\\b${symbol}\\b`);
  return (
    candidates.find((index) => added[index - 1]?.get(file)?.some(({ text }) => word.test(text))) ??
    candidates.find((index) => series.patches[index - 1]?.files.includes(file)) ??
    candidates.at(-1)
  );
}
