import {
  type Context,
  defined,
  type Emit,
  type MachineSettings,
  nearest,
  type Project,
  type SeriesSpec,
  type SourceLocation,
  suggest,
  type Target,
  type Toolchain,
  type TreeRecipe,
  UserError,
} from '../../model/index.ts';
import { applyOverride, parseOverride } from '../../tree/override.ts';
import type { FragmentUse } from '../kernel/configure.ts';
import { everyTarget, hostTargetsOf } from '../targets.ts';
import { machineOf } from './machine.ts';

/** What a command line asks for; everything absent comes from the project's defaults. */
export interface Choice {
  readonly series?: string;
  /** A name, or `NAME=SOURCE`; see {@link parseOverride}. */
  readonly tree?: string;
  readonly targets?: readonly string[];
  readonly configuration?: string;
  /** Instead of the tree's own. */
  readonly toolchain?: string;
  /** Processors of each guest. */
  readonly cpus?: number;
  /** A variant of the series that lacks a fix. */
  readonly withoutFix?: string;
  /** Lines of context that may differ where a patch is applied, instead of what the tree's recipe says. */
  readonly fuzz?: number;
  /** The user vouches for the series, whatever the project file says of it. */
  readonly trust?: true;
  /** Nobody vouches for it, whatever the project file says: it came with the patches. */
  readonly distrust?: true;
}

/** The project's things that a choice names. */
export interface Selection {
  readonly recipe: TreeRecipe;
  readonly spec: SeriesSpec;
  readonly toolchain: Toolchain;
  readonly targets: readonly Target[];
  /** They are all that there are: those that the tree does not have are left out. */
  readonly every?: true;
  readonly configuration: string | undefined;
  /** What guests get, and the programs that are suites. */
  readonly project: Pick<Project, 'guest' | 'machinePlaces' | 'programSuites'>;
  /** Fragments that do not depend on the series: the tree's, then the configuration's. */
  fragments(target: Target): readonly FragmentUse[];
  machine(target: Target): MachineSettings;
}

function pick<T>(
  kind: string,
  name: string,
  from: Readonly<Record<string, T>>,
  project: Project,
  extra: readonly string[] = [],
): T {
  const found = Object.hasOwn(from, name) ? from[name] : undefined;
  if (found !== undefined) return found;
  const allowed = [...Object.keys(from), ...extra];
  const guess = nearest(name, allowed);
  throw new UserError(`there is no ${kind} "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
    code: 'QB-NAME',
    hint: `${project.file} has: ${allowed.join(', ') || '(none)'}`,
  });
}

function place(location: SourceLocation | undefined): { location?: SourceLocation } {
  return location === undefined ? {} : { location };
}

function pickSeries(name: string, recipe: TreeRecipe, project: Project): SeriesSpec {
  if (name === 'none') return { name, base: recipe.base, fragments: [], features: {}, suites: [] };
  const bases = pick('series', name, project.series, project, ['none']);
  const spec = bases[recipe.base];
  if (spec) return spec;
  throw new UserError(`series "${name}" has no queue for base "${recipe.base}" (tree ${recipe.name})`, {
    code: 'QB-SELECTION',
    hint: `it has one for: ${Object.keys(bases).join(', ')}; choose another --tree or add the base to ${project.file}`,
    ...place(Object.values(bases)[0]?.location),
  });
}

function vary(spec: SeriesSpec, name: string | undefined): SeriesSpec {
  if (name === undefined) return spec;
  const variants = spec.variants ?? {};
  const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
  if (variant !== undefined) return { ...spec, variant };
  const names = Object.keys(variants);
  const what = `series "${spec.name}" for base "${spec.base}" has no variant "${name}"`;
  throw new UserError(`--without-fix: ${what}`, {
    code: 'QB-NAME',
    hint: names.length === 0 ? 'it declares none under "variants"' : suggest(name, names),
    ...place(spec.location),
  });
}

function pickTree(project: Project, text: string, cwd: string): TreeRecipe {
  if (!text.includes('=')) return pick('tree', text, project.trees, project);
  const override = parseOverride(text);
  return applyOverride(pick('tree', override.name, project.trees, project), override, cwd);
}

/** The tree that a series is for, where the user names none. */
function treeOf({ defaults, seriesTrees = {} }: Project, series: string): string {
  return (Object.hasOwn(seriesTrees, series) ? seriesTrees[series] : undefined) ?? defaults.tree;
}

/** Looks up what was chosen; an unknown name is a {@link UserError} with the nearest one. Relative paths start at `cwd`. */
export function select(project: Project, choice: Choice, cwd = project.directory): Selection {
  const series = choice.series ?? project.defaults.series;
  const found = pickTree(project, choice.tree ?? treeOf(project, series), cwd);
  const fuzz = choice.fuzz ?? found.fuzz;
  const recipe = fuzz === undefined ? found : { ...found, fuzz };
  const { trust, ...told } = vary(pickSeries(series, recipe, project), choice.withoutFix);
  const vouched = choice.trust ? ('own' as const) : choice.distrust ? undefined : trust;
  const spec = { ...told, ...defined({ fuzz, trust: vouched }) };
  const configuration = choice.configuration ?? project.defaults.configuration;
  const extra =
    configuration === undefined
      ? undefined
      : pick('configuration', configuration, project.configurations, project).fragments[recipe.base];
  if (configuration !== undefined && extra === undefined) {
    throw new UserError(`configuration "${configuration}" has no fragments for base "${recipe.base}"`, {
      code: 'QB-SELECTION',
      hint: `add them to ${project.file} under configurations.${configuration}`,
    });
  }
  const names = choice.targets ?? project.defaults.targets;
  const targets = hostTargetsOf(names);
  // Before anything is built.
  for (const target of targets) machineOf(project, target, choice.cpus);
  return {
    recipe,
    spec,
    configuration,
    project,
    targets,
    ...(names.includes(everyTarget) && { every: true as const }),
    toolchain: pick('toolchain', choice.toolchain ?? recipe.toolchain, project.toolchains, project),
    fragments: (target) => [
      ...[...(recipe.builtin?.all ?? []), ...(recipe.builtin?.targets[target.name] ?? [])].map((path) => ({ path })),
      ...[...recipe.fragments, ...(recipe.targetFragments[target.name] ?? [])].map((path) => ({
        path,
        ...(recipe.builtin && { overrides: true }),
      })),
      ...[...(extra?.all ?? []), ...(extra?.targets[target.name] ?? [])].map((path) => ({
        path,
        overrides: true,
        last: true as const,
      })),
    ],
    machine: (target) => machineOf(project, target, choice.cpus),
  };
}

/** A context whose events are also kept, for what a report wants to quote. */
export function recordingNotes(context: Context): { readonly context: Context; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const emit: Emit = (event) => {
    if (event.type === 'note') notes.push(event.text);
    context.emit(event);
  };
  return { context: { ...context, emit }, notes };
}
