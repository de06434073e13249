import { type BootTarget, type Context, type Project, UserError } from '../../model/index.ts';
import { parsePoints } from '../../results/index.ts';
import type { Kernel } from '../guest/kernel.ts';
import { build } from '../kernel/build.ts';
import { configure } from '../kernel/configure.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import { fetchTree } from '../tree/fetch.ts';
import { fragmentsAt } from './build-cell.ts';
import { optionsAfter } from './later-options.ts';
import { machineFragment } from './machine.ts';
import { moduleFragment } from './modules.ts';
import type { Selection } from './select.ts';

export interface PointRequest {
  readonly project: Project;
  readonly selection: Selection;
  readonly target: BootTarget;
  /** A selection that names exactly one point. */
  readonly points: string;
}

/** Builds one point for one target and nothing else, to work with its kernel. A point that can't be had is a {@link UserError}. */
export async function buildPoint(request: PointRequest, context: Context): Promise<Kernel> {
  const { selection, target } = request;
  const series = await readSeries(selection.spec);
  const [point, ...more] = parsePoints(request.points, series.patches.length);
  if (point === undefined || more.length > 0) {
    throw new UserError(`--points ${request.points} names several points`, {
      code: 'QB-SELECTION',
      hint: 'name one: a number or "final"',
    });
  }
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const source = worktree.sources[point];
    if (!source) {
      throw new UserError(worktree.points[point]?.cause?.summary ?? `point ${point} does not apply`, {
        hint: 'run: quiltboot apply',
      });
    }
    const common = { source, target, toolchain: selection.toolchain };
    const fragments = [
      ...fragmentsAt(selection, series, target, point),
      ...(await moduleFragment(selection.project.guest?.modules, context)),
      ...(await machineFragment(selection.machine(target), target, context)),
    ];
    const configured = await configure({ ...common, fragments, later: () => optionsAfter(series, point) }, context);
    const built =
      configured.outcome === 'pass' ? await build({ ...common, configure: configured }, context) : undefined;
    if (built?.image === undefined) {
      const cause = (built ?? configured).cause;
      throw new UserError(cause?.summary ?? 'the build failed', {
        hint: cause?.excerpt.join('\n') ?? 'run: quiltboot build',
      });
    }
    const symbols = {
      ...(built.systemMap !== undefined && { systemMap: built.systemMap }),
      ...(built.vmlinux !== undefined && { vmlinux: built.vmlinux }),
    };
    return { image: built.image, target, kernelVersion: source.kernelVersion, ...symbols };
  } finally {
    await worktree.close();
  }
}
