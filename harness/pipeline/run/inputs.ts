import path from 'node:path';
import { hashFile, hashValues } from '../../host/files/hash.ts';
import { listDirectory } from '../../host/files/list.ts';
import { describeMachine } from '../../host/machine.ts';
import { compilerTool } from '../../make/index.ts';
import { type Context, defined, type PreparedTree, type Run, type Series } from '../../model/index.ts';
import { changedInputs, type RunFacts } from '../../results/index.ts';
import { dialectModules } from '../suite/dialects.ts';
import { suiteHash } from '../suite/runner/index.ts';
import { loadRun } from './directory.ts';
import type { RunRequest } from './request.ts';
import type { Selection } from './select.ts';

/** Hashes of those inputs of a run that nothing else in it tells. `suites` are absolute paths; none where none is run. */
async function inputsOf(
  selection: Selection,
  series: Series,
  suites: readonly string[],
): Promise<NonNullable<Run['inputs']>> {
  const fragments = await Promise.all(
    selection.targets.map(async (target) => {
      const files = [...selection.fragments(target), ...series.fragments].map((one) => one.path);
      const hashes = await Promise.all(files.map((file) => hashFile(file).catch(() => '')));
      return [target.name, hashValues(...hashes)] as const;
    }),
  );
  const modules = await dialectModules(suites, series.dialect);
  return {
    toolchain: hashValues(...new Set(selection.columns.map(({ toolchain }) => toolchain))),
    fragments: Object.fromEntries(fragments),
    ...defined({ suites: suites.length === 0 ? undefined : await suiteHash(suites, modules) }),
  };
}

/** What a run knows of its inputs before it builds anything. */
export async function factsOf(
  { selection, project }: Pick<RunRequest, 'selection' | 'project'>,
  series: Series,
  { name: treeName, key, kernelVersion, resolved }: PreparedTree,
  suites: readonly string[],
): Promise<RunFacts> {
  return {
    tree: { name: treeName, key, kernelVersion, resolved },
    series: {
      name: series.name,
      patches: series.patches.map(({ name, subject, hash, content, messageId, author, path: file }) => {
        const place = path.relative(project.directory, file);
        return { name, subject, hash, ...defined({ content }), file: place, ...defined({ messageId }), author };
      }),
    },
    host: await describeMachine(
      selection.targets,
      selection.columns.map((column) => compilerTool(column.target, column.toolchain).command),
    ),
    inputs: await inputsOf(selection, series, suites),
  };
}

/** The newest run of the same series and tree in a directory of runs; what can't be read there is passed over. */
export async function lastRun(
  out: string,
  { series, tree }: Pick<RunFacts, 'series' | 'tree'>,
): Promise<Run | undefined> {
  const names = (await listDirectory(out)).filter((name) => name.includes(`-${series.name}-${tree.name}`));
  for (const name of names.reverse()) {
    const run = await loadRun(path.join(out, name)).catch(() => undefined);
    if (run?.series.name === series.name && run.tree.name === tree.name) return run;
  }
  return undefined;
}

/** Says, in one note, which inputs changed since the last run of the same series and tree in the same directory. */
export async function noteChangedInputs(out: string, now: RunFacts, context: Context): Promise<void> {
  const before = await lastRun(out, now);
  const changes = before === undefined ? [] : changedInputs(before, now);
  if (before === undefined || changes.length === 0) return;
  const text = `changed since the run ${before.id}: ${changes.join('; ')}`;
  context.emit({ type: 'note', level: 'info', text });
}
