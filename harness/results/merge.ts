import {
  type Cell,
  type CellRef,
  defined,
  type KnownIssue,
  type Run,
  UserError,
  weakestSandbox,
} from '../model/index.ts';
import { concludeRun } from './run.ts';

export interface Merged {
  readonly run: Run;
  /** Which of the runs each cell came from; cells that none had are not in it. */
  readonly sources: ReadonlyMap<Cell, Run>;
}

/** What runs must have in common to be parts of one. */
const shared = [
  ['series', (run: Run) => run.series.name],
  ['patches', (run: Run) => run.series.patches.map(({ name, hash }) => `${name} ${hash ?? ''}`).join('\n')],
  ['tree', (run: Run) => `${run.tree.name} ${run.tree.key}`],
  ['kernel version', (run: Run) => run.tree.kernelVersion],
] as const;

function refuseStrangers(first: Run, others: readonly Run[]): void {
  for (const other of others) {
    const difference = shared.find(([, of]) => of(first) !== of(other));
    if (!difference) continue;
    throw new UserError(`${first.id} and ${other.id} are not parts of one run: their ${difference[0]} differ`, {
      code: 'QB-STORED',
      hint: 'merge runs of the same series, patches and tree',
    });
  }
}

/** The cell of a point that nobody can say anything of, which is the fault of a machine; `patch` is that of the point. */
export function missingCell({ point, target }: CellRef, patch: string | null, summary: string): Cell {
  return {
    point,
    patch,
    target,
    stage: 'fetch',
    outcome: 'not-run',
    blame: 'host',
    code: 'QB-HOST',
    ms: 0,
    reused: false,
    cause: { blame: 'host', summary, excerpt: [] },
    reproduce: null,
    warnings: 0,
    imageHash: null,
    configHash: null,
    size: null,
    stages: {},
    cases: [],
    logs: {},
  };
}

/** What the least protected of several parts says; undefined where nothing was built. */
export function leastProtected(parts: readonly Run['sandbox'][]): Run['sandbox'] {
  const all = parts.flatMap((one) => one ?? []);
  const weakest = weakestSandbox(all.map(({ builds }) => builds));
  return all.find(({ builds }) => builds === weakest);
}

/** What any of the runs declared; undefined where none did. */
function knownOf(runs: readonly Run[]): readonly KnownIssue[] | undefined {
  const all = runs.flatMap(({ known = [] }) => known);
  const key = (one: KnownIssue): string => JSON.stringify([one.case, one.title, one.target, one.until, one.why]);
  return all.length === 0 ? undefined : [...new Map(all.map((one) => [key(one), one])).values()];
}

/** What is measured where the parts come together: at their last point. */
function coverageOf(runs: readonly Run[]): Run['coverage'] {
  const all = runs.flatMap(({ coverage }) => coverage ?? []);
  const point = Math.max(...all.map((one) => one.point));
  return all.findLast((one) => one.point === point);
}

function unique<T>(lists: readonly (readonly T[])[]): T[] {
  return [...new Set(lists.flat())];
}

/**
 * Makes one run of several that each have a part of the matrix. Where two have the same cell, the one that began later
 * counts: it is a part that was run again. A cell of the matrix that none has is a fault of the machine, not a pass.
 *
 * @param runs at least one
 * @throws UserError when they are not of the same series and tree
 */
export function mergeRuns(runs: readonly Run[], made: { readonly id: string; readonly command: string }): Merged {
  const sorted = [...runs].sort((a, b) => a.started.localeCompare(b.started));
  const [first, ...others] = sorted;
  if (!first)
    throw new UserError('there is no run to merge', {
      code: 'QB-STORED',
      hint: 'for instance: quiltboot merge shard-1 shard-2',
    });
  refuseStrangers(first, others);
  const points = unique(sorted.map((run) => run.points)).sort((a, b) => a - b);
  const targets = unique(sorted.map((run) => run.targets));
  const cells = new Map(
    sorted.flatMap((run) => run.cells.map((cell) => [`${cell.point}\0${cell.target}`, { cell, run }])),
  );
  const sources = new Map<Cell, Run>();
  const all = points.flatMap((point) =>
    targets.map((target) => {
      const found = cells.get(`${point}\0${target}`);
      if (!found) {
        const patch = first.series.patches[point - 1]?.name ?? null;
        return missingCell({ point, target }, patch, `no run that was merged has point ${point} on ${target}`);
      }
      sources.set(found.cell, found.run);
      return found.cell;
    }),
  );
  const ends = sorted.map((run) => Date.parse(run.started) + run.ms);
  const { format, series, tree, host } = first;
  const run = concludeRun({
    format,
    ...made,
    started: first.started,
    ms: Math.max(...ends) - Date.parse(first.started),
    series,
    tree,
    targets,
    machines: Object.assign({}, ...sorted.map((one) => one.machines ?? {})) as NonNullable<Run['machines']>,
    points,
    host: { ...host, versions: Object.assign({}, ...sorted.map((one) => one.host.versions)) as typeof host.versions },
    ...defined({ sandbox: leastProtected(sorted.map((one) => one.sandbox)) }),
    ...defined({ known: knownOf(sorted), coverage: coverageOf(sorted) }),
    cells: all,
    notes: unique(sorted.map((one) => one.notes)),
  });
  return { run, sources };
}
