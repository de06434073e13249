import path from 'node:path';
import { isDirectory } from '../../../host/files/kind.ts';
import { listFiles } from '../../../host/files/list.ts';
import { suiteKind } from '../../../model/index.ts';
import { dialectFolder } from '../../suite/dialects.ts';
import { moduleTexts } from '../../suite/runner/module-hash.ts';
import { scriptsOf } from '../build-cell.ts';
import type { EngineSetup } from '../engine.ts';

/** The package itself, which every worker of the same version has. */
const ownPackage = path.resolve(import.meta.dirname, '..', '..', '..', '..');

const isInside = (file: string, directory: string): boolean => file.startsWith(`${directory}${path.sep}`);

/** A file, or every file of a directory. */
async function filesAt(place: string): Promise<string[]> {
  return (await isDirectory(place)) ? await listFiles(place) : [place];
}

/** Every file of the user's that a run reads, absolute and each once: the queue, fragments, suites, what guests get. */
export async function filesOf({ request, series, suites }: EngineSetup): Promise<string[]> {
  const { project, selection } = request;
  const found = [project.file];
  if (series.directory !== undefined) found.push(path.join(series.directory, 'series'));
  for (const patch of series.patches) found.push(patch.path);
  if (series.variant?.patch !== undefined) found.push(series.variant.patch);
  for (const target of selection.targets) for (const one of selection.fragments(target)) found.push(one.path);
  for (const fragment of series.fragments) found.push(fragment.path);
  const modules = suites.filter((word) => !suiteKind(word));
  for (const folder of new Set(modules.map((file) => path.join(path.dirname(file), dialectFolder)))) {
    modules.push(...(await listFiles(folder)));
  }
  found.push(...modules, ...(await moduleTexts(modules)).keys());
  const { guest } = project;
  for (const { from } of [...(guest?.files ?? []), ...scriptsOf(suites, project)]) found.push(...(await filesAt(from)));
  for (const { sources } of Object.values(guest?.programs ?? {})) {
    for (const source of sources) {
      // What they include lies beside them.
      const headers = (await listFiles(path.dirname(source))).filter((file) => file.endsWith('.h'));
      found.push(source, ...headers);
    }
  }
  const isOwn = (file: string): boolean => isInside(file, ownPackage) && !isInside(project.file, ownPackage);
  return [...new Set(found)].filter((file) => !isOwn(file)).sort();
}

/** The nearest directory that has all of these in it. */
export function rootOf(directories: readonly string[]): string {
  const [first = path.sep] = directories;
  let at = first;
  while (!directories.every((one) => one === at || isInside(one, at === path.sep ? '' : at))) at = path.dirname(at);
  return at;
}
