import { readText } from '../../host/files/read.ts';
import { mustGit } from '../../host/git/git.ts';
import { findUses, IncludeLint, mergeUses, type ReadText, type UnitOn, type UnknownUse } from '../../includes/index.ts';
import { parseConfig } from '../../kconfig/index.ts';
import {
  type Context,
  defined,
  type IndirectUse,
  type LintResult,
  type Source,
  type Target,
  UserError,
} from '../../model/index.ts';
import { addedLines } from '../../series/amend.ts';
import { configure } from '../kernel/configure.ts';
import { preprocess, unitReader } from '../kernel/preprocess.ts';
import { fragmentsAt } from '../run/build-cell.ts';
import type { Selection } from '../run/select.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import { fetchTree } from '../tree/fetch.ts';

/**
 * Looks at the lines that a series adds, at its last point, for names that their file reaches only by way of another
 * header. The compiler tells what each target's translation units see.
 *
 * @throws UserError for a series without a patch, or one that does not apply or configure
 */
export async function lintIncludes(selection: Selection, context: Context): Promise<LintResult> {
  const series = await readSeries(selection.spec, context.signal);
  const last = series.patches.length;
  if (last === 0)
    throw new UserError('the empty series adds nothing to check', {
      code: 'QB-SELECTION',
      hint: 'name another series',
    });
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const source = worktree.sources[last];
    if (!source) {
      const cause = worktree.points.find(({ outcome }) => outcome === 'fail')?.cause;
      throw new UserError(cause?.summary ?? 'the series does not apply', { hint: 'run: quiltboot apply' });
    }
    const args = ['diff-tree', '-p', '-U0', '--no-renames', '--no-color', tree.commit, source.id];
    const diff = await mustGit({ repository: tree.repository }, args, 'comparing points', { signal: context.signal });
    const added = new Map([...addedLines(diff)].filter(([file, lines]) => /\.[ch]$/.test(file) && lines.length > 0));
    const all: IndirectUse[] = [];
    const unknown: UnknownUse[] = [];
    const seen = new Set<string>();
    for (const target of selection.targets) {
      const fragments = fragmentsAt(selection, series, target, last);
      const units = await unitsOf({ source, target, selection, fragments, files: [...added.keys()] }, context);
      const text = `${target.name}: ${units.units.length} translation units`;
      context.emit({ type: 'stage-progress', stage: 'build', text, cell: { point: last, target: target.name } });
      const found = await lintUnits(units, added, seen);
      all.push(...found.uses);
      unknown.push(...found.unknown);
    }
    const order = [...added.keys()];
    const uses = mergeUses(all, unknown).toSorted(
      (a, b) => order.indexOf(a.file) - order.indexOf(b.file) || a.use.line - b.use.line,
    );
    return {
      uses,
      files: order,
      unseen: order.filter((file) => !seen.has(file)),
      targets: selection.targets.map(({ name }) => name),
    };
  } finally {
    await worktree.close();
  }
}

interface Units {
  readonly units: readonly UnitOn[];
  readonly read: ReadText;
}

async function unitsOf(
  {
    source,
    target,
    selection,
    fragments,
    files,
  }: {
    readonly source: Source;
    readonly target: Target;
    readonly selection: Selection;
    readonly fragments: readonly { readonly path: string }[];
    readonly files: readonly string[];
  },
  context: Context,
): Promise<Units> {
  const { toolchain, configuration } = selection;
  const common = { source, target, toolchain, ...defined({ configuration }) };
  const configured = await configure({ ...common, fragments }, context);
  if (configured.outcome !== 'pass') {
    throw new UserError(configured.cause?.summary ?? `${target.name} cannot be configured`, {
      hint: 'run: quiltboot configure',
    });
  }
  const objects = files.filter((file) => file.endsWith('.c')).map((file) => file.replace(/\.c$/, '.o'));
  const text = `preprocessing ${objects.length} files`;
  context.emit({ type: 'stage-progress', stage: 'build', text, cell: { point: source.point, target: target.name } });
  const { units, directories } = await preprocess({ ...common, configure: configured, objects }, context);
  const config = parseConfig((await readText(configured.config ?? '')) ?? '');
  const option = (name: string): string | undefined => config.get(name.replace(/^CONFIG_/, ''));
  return {
    units: [...units.values()].map((unit) => ({ target: target.name, unit, option })),
    read: unitReader(directories),
  };
}

async function lintUnits(
  { units, read }: Units,
  added: ReadonlyMap<string, readonly { readonly line: number }[]>,
  seen: Set<string>,
): Promise<{ readonly uses: IndirectUse[]; readonly unknown: readonly UnknownUse[] }> {
  const lint = new IncludeLint(read);
  const uses: IndirectUse[] = [];
  for (const on of units) {
    for (const [file, lines] of added) {
      if (!on.unit.files.has(file)) continue;
      seen.add(file);
      const used = findUses((await read(file)) ?? '', new Set(lines.map(({ line }) => line)));
      uses.push(...(await lint.check(on, file, used)));
    }
  }
  return { uses, unknown: lint.unknown };
}
