import path from 'node:path';
import type { ArchiveEntry } from '../../guest/image/newc.ts';
import { readText } from '../../host/files/read.ts';
import { copyIfThere } from '../../host/files/write.ts';
import { configChanges, parseConfig, parseFragment } from '../../kconfig/index.ts';
import { withUsed } from '../../make/index.ts';
import {
  type BootTarget,
  type BuildResult,
  type BuiltModule,
  type Column,
  type ConfigureResult,
  type Context,
  canBoot,
  defined,
  type ImageResult,
  type OptionChange,
  type PlacedFile,
  type Project,
  type Series,
  type Source,
  type StageName,
  suiteKind,
  type Target,
} from '../../model/index.ts';
import { contentsImage } from '../guest/contents.ts';
import { build } from '../kernel/build.ts';
import { configure, type FragmentUse } from '../kernel/configure.ts';
import { kselftestFragments, kselftestSet, kselftestWords } from '../kernel/kselftest/index.ts';
import { kunitFragment, kunitPlans } from '../kernel/kunit.ts';
import { listModules } from '../kernel/modules.ts';
import { changedSymbols } from '../kernel/symbol-sizes.ts';
import { touchedFiles } from '../kernel/touched.ts';
import { countingOf } from './coverage.ts';
import { missingIn } from './every-target.ts';
import { faultOf, trying } from './faults.ts';
import { purposeConfiguration, purposeFragments } from './instrumented.ts';
import { optionsAfter } from './later-options.ts';
import { machineFragment } from './machine.ts';
import { moduleFragment, moduleSet } from './modules.ts';
import type { Selection } from './select.ts';
import { type CellState, type CellWork, cellDirectory, type Previous, withLog } from './work.ts';

export interface BuildCellRequest {
  readonly point: number;
  readonly column: Column;
  readonly notRun: string | undefined;
  /** The nearest earlier point of this run that was configured and built: what changed since is this point's doing. */
  readonly previous: Previous | undefined;
}

/**
 * Every fragment that holds at a point: what the target needs to build, the tree's, the series' that have come so far, and
 * last the configuration's.
 */
export function fragmentsAt(selection: Selection, series: Series, target: Target, point: number): FragmentUse[] {
  const own: FragmentUse[] = series.fragments
    .filter((fragment) => fragment.from <= point)
    .map(({ path }) => ({ path, ...(selection.recipe.builtin && { overrides: true }) }));
  // A configuration may say otherwise than the series.
  const needed = target.options?.map((line) => `${line}\n`).join('');
  const all = [
    ...(needed === undefined ? [] : [{ path: `options of ${target.name}`, text: needed }]),
    ...selection.fragments(target),
    ...own,
  ];
  return [...all.filter(({ last }) => !last), ...all.filter(({ last }) => last)];
}

/** Applies, configures and builds one point for one target, and makes the initramfs to boot it with. */
export async function buildCell(state: CellState, request: BuildCellRequest): Promise<CellWork> {
  const { context, worktree, coverage } = state;
  const { point, column } = request;
  const { target, toolchain } = column;
  const { until, selection } = state.request;
  const apply = worktree.points[point];
  const source = worktree.sources[point];
  if (!apply) throw new Error(`no point ${point} in the worktree`);
  const base: CellWork = { point, column: column.name, target, toolchain, source, apply, logs: {} };
  if (request.notRun !== undefined && apply.outcome === 'pass') return { ...base, notRun: request.notRun };
  if (!source || apply.outcome !== 'pass' || until === 'apply') return base;
  const missing =
    column.missing ?? missingIn(source.kernelVersion, (await source.architectures?.()) ?? new Set(), target);
  if (missing !== undefined) return { ...base, notRun: `not run: ${missing}` };
  const what = `point ${point} on ${column.name}`;
  const { previous } = request;
  const common = {
    source,
    ...{ target, toolchain, column: column.name },
    ...defined({
      configuration: purposeConfiguration(state, selection.configuration),
    }),
  };
  let stage: StageName = 'configure';
  let work = base;
  try {
    const plans = await kunitPlans(state.suites, source, context);
    if (Object.keys(plans).length > 0) work = { ...work, kunit: plans };
    const asked = fragmentsAt(selection, state.series, target, point);
    const settled = await settledSymbols(selection, asked, state.suites);
    const fragments = [
      ...asked,
      ...(await kselftestFragments(state.suites, { source, target, settled }, context)),
      ...(await kunitFragment(state.suites, { source, target }, context)),
      ...(await moduleFragment(selection.project.guest?.modules, context)),
      ...(await machineFragment(selection.machine(target), target, context)),
      ...purposeFragments(state),
    ];
    const configured = await trying(context, what, () =>
      configure(
        {
          ...common,
          fragments,
          later: () => optionsAfter(state.series, point),
          ...(previous && { previous: previous.configure }),
        },
        context,
      ),
    );
    if (!previous && configured.left) sayLeft(column, configured, await optionsAfter(state.series, point), context);
    work = { ...work, configure: configured };
    if (configured.outcome !== 'pass' || until === 'configure') return work;
    stage = 'build';
    const { counting, ...told } = coverage ? await countingOf(coverage, configured, source) : {};
    work = { ...work, ...told };
    const built = await trying(context, what, () =>
      build({ ...common, configure: configured, ...defined({ previous: previous?.build, counting }) }, context),
    );
    const logs = await keepBuildLogs(state, work, built);
    work = { ...work, build: withLog(built, logs['build.log']), logs };
    if (previous) {
      const config = await changedOptions(previous.configure, configured);
      const symbols = await changedSymbols(previous.build.symbolSizes, built.symbolSizes);
      work = { ...work, previous: { point: previous.point, build: previous.build, config, ...defined({ symbols }) } };
    }
    work = { ...work, ...(await trying(context, what, () => compiled(state, work, source, built))) };
    if (built.outcome !== 'pass' || until === 'build' || !canBoot(target)) return work;
    stage = 'image';
    const modules = await moduleSet(
      selection.project.guest?.modules,
      {
        modules: await modulesOf(built),
        before: await modulesOf(previous?.build),
        isLast: point === state.series.patches.length,
        what,
      },
      context,
    );
    work = { ...work, modules: modules.loaded };
    const {
      entries,
      plans: programs,
      used,
    } = await trying(context, what, () =>
      kselftestSet(
        until === 'test' ? state.suites : [],
        { ...common, target, contents: selection.project.guest },
        context,
      ),
    );
    if (Object.keys(programs).length > 0) work = { ...work, kselftest: programs };
    if (work.compiled) work = { ...work, compiled: withUsed(work.compiled, used) };
    const extra = [...modules.entries, ...entries];
    return { ...work, image: await trying(context, what, () => cellImage(state, target, extra)) };
  } catch (error) {
    return { ...work, ...faultOf(stage, error) };
  }
}

/** Says once for a target which options of the fragments its kernels are without: the code of those is not compiled. */
function sayLeft(
  { name }: Column,
  { left = [] }: ConfigureResult,
  later: Awaited<ReturnType<typeof optionsAfter>>,
  context: Context,
): void {
  const say = (text: string): void => context.emit({ type: 'note', level: 'info', text: `${name}: ${text}` });
  for (const symbol of left) {
    const patch = later.get(symbol);
    if (patch) say(`CONFIG_${symbol} comes with ${patch.name}: points before it are built without it`);
  }
  const never = left.filter((symbol) => !later.has(symbol));
  if (never.length === 0) return;
  const names = never.slice(0, 6).map((symbol) => `CONFIG_${symbol}`);
  const more = never.length > names.length ? ` and ${never.length - names.length} more` : '';
  say(`its kernels are built without options that they cannot have: ${names.join(', ')}${more}`);
}

/** The symbols that the user's own fragments speak of; read only where something else might. */
async function settledSymbols(
  { recipe }: Pick<Selection, 'recipe'>,
  fragments: readonly FragmentUse[],
  suites: readonly string[],
): Promise<ReadonlySet<string>> {
  if (kselftestWords(suites).length === 0) return new Set();
  const builtin = new Set([recipe.builtin?.all ?? [], ...Object.values(recipe.builtin?.targets ?? {})].flat());
  const own = fragments.filter(({ path }) => !builtin.has(path));
  const texts = await Promise.all(own.map(async ({ path }) => [path, (await readText(path)) ?? ''] as const));
  return new Set(texts.flatMap(([path, text]) => parseFragment(text, path).options.map(({ symbol }) => symbol)));
}

async function modulesOf(build: Pick<BuildResult, 'modules'> | undefined): Promise<readonly BuiltModule[]> {
  return build?.modules === undefined ? [] : await listModules(build.modules);
}

/** The image that guests of a target boot with: what the project gives them, and the programs that are suites. */
export async function cellImage(
  {
    context,
    request: { selection },
    suites,
  }: Pick<CellState, 'context' | 'suites'> & { readonly request: { readonly selection: Pick<Selection, 'project'> } },
  target: BootTarget,
  extra: readonly ArchiveEntry[] = [],
): Promise<ImageResult> {
  const scripts = scriptsOf(suites, selection.project);
  return await contentsImage({ target, contents: selection.project.guest, scripts, extra }, context);
}

/** The files of the project that the chosen suites run. */
export function scriptsOf(
  words: readonly string[],
  { programSuites = {} }: Pick<Project, 'programSuites'>,
): PlacedFile[] {
  return words.flatMap((word) => {
    const found = suiteKind(word);
    const script = found?.kind === 'program' ? programSuites[found.what]?.script : undefined;
    return script ? [script] : [];
  });
}

/** What the kernel was made with of the point's patch; nothing where there is no patch or no kernel. */
async function compiled(
  { series }: CellState,
  { point, target, previous }: CellWork,
  source: Source,
  build: BuildResult,
): Promise<Pick<CellWork, 'compiled'>> {
  const patch = series.patches[point - 1];
  if (!patch || build.image === undefined) return {};
  const rule = series.uncovered?.[point];
  const request = { patch, source, target, build, ...defined({ previous: previous?.build, rule }) };
  return { compiled: await touchedFiles(request) };
}

async function changedOptions(before: ConfigureResult, now: ConfigureResult): Promise<readonly OptionChange[]> {
  if (before.configHash === now.configHash || before.config === undefined || now.config === undefined) return [];
  const read = async (file: string): Promise<ReturnType<typeof parseConfig>> =>
    parseConfig((await readText(file)) ?? '');
  return configChanges(await read(before.config), await read(now.config));
}

async function keepBuildLogs(state: CellState, work: CellWork, built: BuildResult): Promise<Record<string, string>> {
  const place = cellDirectory(work);
  const logs: Record<string, string> = {};
  for (const [name, file] of [
    ['build.log', built.log],
    ['config', built.configFile],
  ] as const) {
    if (await copyIfThere(file, path.join(state.directory.path, place, name))) logs[name] = path.join(place, name);
  }
  return logs;
}
