import path from 'node:path';
import { type Context, defined, type Project, type TreeRecipe } from '../model/index.ts';
import {
  applyOverride,
  type Choice,
  cachePaths,
  loadProject,
  parseOverride,
  type Selection,
  select,
} from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { makeReporter, type Reporter } from './reporter.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly project?: string;
  readonly cache?: string;
  readonly quiet?: true;
}

export interface WorkOptions {
  readonly jobs?: number;
  readonly guests?: number;
  readonly fresh?: true;
}

/** What a command needs to call stages. */
export interface Session {
  readonly io: Io;
  readonly context: Context;
  readonly reporter: Reporter;
}

export function openSession(io: Io, global: GlobalOptions, work: WorkOptions = {}): Session {
  const reporter = makeReporter(io, { quiet: global.quiet ?? false });
  const context: Context = {
    cache: cachePaths(io.env, global.cache === undefined ? undefined : path.resolve(io.cwd, global.cache)),
    emit: reporter.emit,
    signal: io.signal,
    jobs: work.jobs ?? io.cpus,
    guests: work.guests ?? io.cpus,
    fresh: work.fresh ?? false,
  };
  return { io, context, reporter };
}

export interface SelectionOptions {
  readonly tree?: string;
  readonly target?: readonly string[];
  readonly config?: string;
  readonly toolchain?: string;
  readonly cpus?: number;
  readonly withoutFix?: string;
  readonly fuzz?: number;
  readonly trust?: true;
}

/** Reads the project and looks up what the options name. */
export async function chooseFrom(
  io: Io,
  global: GlobalOptions,
  series: string | undefined,
  options: SelectionOptions,
): Promise<{ readonly project: Project; readonly selection: Selection }> {
  const project = await loadProject(io.cwd, global.project);
  const override = options.tree?.includes('=') ? parseOverride(options.tree) : undefined;
  const tree = override?.name ?? options.tree;
  const choice: Choice = {
    ...defined({
      series,
      tree,
      targets: options.target,
      configuration: options.config,
      toolchain: options.toolchain,
      cpus: options.cpus,
      withoutFix: options.withoutFix,
      fuzz: options.fuzz,
      trust: options.trust,
    }),
  };
  const redirect = (recipe: TreeRecipe): TreeRecipe => (override ? applyOverride(recipe, override, io.cwd) : recipe);
  return { project, selection: select(project, choice, redirect) };
}
