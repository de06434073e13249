import { isDirectory } from '../../host/files/kind.ts';
import {
  type CheckedPatch,
  type CheckOutcome,
  type CheckReport,
  type Context,
  suggest,
  type Target,
  UserError,
} from '../../model/index.ts';
import { parsePoints } from '../../results/index.ts';
import { fragmentsAt } from '../run/build-cell.ts';
import { optionsAfter } from '../run/later-options.ts';
import type { Selection } from '../run/select.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import { fetchTree } from '../tree/fetch.ts';
import type { SeriesCheck } from './kinds/check.ts';
import { checks } from './kinds/index.ts';
import { type CheckWorld, PatchAt } from './patch-at.ts';

export interface CheckRequest {
  readonly selection: Selection;
  /** The one that is compiled for. */
  readonly target: Target;
  /** A selection of points: the patches that are checked. */
  readonly points: string;
  /** Names of checks; all when absent. */
  readonly only?: readonly string[];
}

/** The name of each check and what it looks for. */
export function checkNames(): readonly (readonly [string, string])[] {
  return checks.map(({ name, help }) => [name, help]);
}

function chosenChecks(only: readonly string[] | undefined): readonly SeriesCheck[] {
  if (only === undefined) return checks;
  const names = checks.map(({ name }) => name);
  return only.map((name) => {
    const found = checks.find((one) => one.name === name);
    if (found) return found;
    throw new UserError(`there is no check "${name}"`, { code: 'QB-NAME', hint: suggest(name, names) });
  });
}

function historyOf({ recipe }: Selection): string | undefined {
  const { source } = recipe;
  return source.kind === 'git' ? source.url.replace(/^file:\/\//, '') : undefined;
}

/**
 * Checks each patch of a series as a reviewer does, and says what it brings: a finding that the point before has too does
 * not count.
 *
 * @throws UserError for a series without a patch, one that does not apply, and a check that there is not; HostError
 */
export async function checkSeries(request: CheckRequest, context: Context): Promise<CheckReport> {
  const { selection, target } = request;
  const chosen = chosenChecks(request.only);
  const series = await readSeries(selection.spec, context.signal);
  const points = parsePoints(request.points, series.patches.length).filter((point) => point > 0);
  if (points.length === 0) {
    throw new UserError('there is no patch to check', {
      code: 'QB-SELECTION',
      hint: 'name a series with patches, or other --points',
    });
  }
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const failed = worktree.points.find(({ outcome, point }) => outcome === 'fail' && point <= Math.max(...points));
    if (failed)
      throw new UserError(failed.cause?.summary ?? 'the series does not apply', { hint: 'run: quiltboot apply' });
    const history = historyOf(selection);
    const world: CheckWorld = {
      ...{ tree, worktree, target, toolchain: selection.toolchain, configuration: selection.configuration, context },
      fragments: (point) => fragmentsAt(selection, series, target, point),
      later: (point) => optionsAfter(series, point),
      history: history !== undefined && (await isDirectory(history)) ? history : undefined,
    };
    const patches: CheckedPatch[] = [];
    for (const point of points) {
      const patch = series.patches[point - 1];
      if (!patch) continue;
      const at = await PatchAt.open(world, patch);
      const outcomes: Record<string, CheckOutcome> = {};
      for (const check of chosen) {
        const text = `${check.name}: ${patch.name}`;
        context.emit({ type: 'stage-progress', stage: 'build', text, cell: { point, target: target.name } });
        outcomes[check.name] = await check.run(at);
      }
      patches.push({ point, patch: patch.name, subject: patch.subject, checks: outcomes });
    }
    return {
      series: series.name,
      tree: tree.name,
      target: target.name,
      columns: chosen.map(({ name }) => name),
      patches,
    };
  } finally {
    await worktree.close();
  }
}
