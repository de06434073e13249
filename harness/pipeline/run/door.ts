import path from 'node:path';
import { userPath } from '../../host/files/user-path.ts';
import { fragmentFile } from '../kernel/configure.ts';
import type { Selection } from './select.ts';

/** What a command line names to be written to; absent where nothing is. Relative paths start at `cwd`. */
export interface Outputs {
  readonly cwd: string;
  /** Directory of the cache, where the user chose it. */
  readonly cache?: string;
  /** Directory that results go to. */
  readonly out?: string;
  /** Files of reports. */
  readonly files: readonly string[];
}

/** Makes sure, before any work, that results can be written where the user wants them. Throws UserError otherwise. */
export async function checkOutputs({ cwd, cache, out, files }: Outputs): Promise<void> {
  const hint = 'choose a place where you may write files';
  const check = (kind: 'new-file' | 'new-directory', name: string, what: string): Promise<string> =>
    userPath(kind, { path: path.resolve(cwd, name), what, hint });
  if (cache !== undefined) await check('new-directory', cache, 'cache directory');
  if (out !== undefined) await check('new-directory', out, 'output directory');
  for (const file of files) await check('new-file', file, 'report file');
}

/** Makes sure that the files which the project names for a selection are there. Throws UserError with their place. */
export async function checkInputs(selection: Selection): Promise<void> {
  const { spec, recipe, targets } = selection;
  for (const target of targets) {
    for (const fragment of selection.fragments(target)) await fragmentFile(fragment.path, recipe.location);
  }
  for (const fragment of spec.fragments) await fragmentFile(fragment.path, fragment.location ?? spec.location);
  if (spec.variant?.patch !== undefined) {
    const { location } = spec.variant;
    await userPath('file', { path: spec.variant.patch, what: 'patch of a variant', ...(location && { location }) });
  }
}
