import path from 'node:path';
import { exists } from '../host/files/kind.ts';
import { mustReadText } from '../host/files/read.ts';
import { userPath } from '../host/files/user-path.ts';
import type { Project, SourceLocation } from '../model/index.ts';
import { parseProject } from '../project/index.ts';
import { hostTarget } from './targets.ts';

export const projectFileName = 'quiltboot.yaml';

const root = path.resolve(import.meta.dirname, '..', '..');

/**
 * What comes with the package: a project, of the container series and the trees that it is for, suites, and the options of
 * kernels that count what is executed, and of those whose allocations can be made to fail.
 */
export const ownFiles = {
  project: path.join(root, projectFileName),
  suites: path.join(root, 'tests', 'suites'),
  coverage: path.join(root, 'kconfig', 'coverage.config'),
  faults: path.join(root, 'kconfig', 'faults.config'),
} as const;

/** The fragments that come with the package. */
const ownKconfig = path.join(root, 'kconfig');

/**
 * Reads the project file: the one named, else `quiltboot.yaml` in `cwd` or the nearest directory above it, else the one
 * that comes with quiltboot.
 */
export async function loadProject(cwd: string, chosen?: string): Promise<Project> {
  const file = chosen === undefined ? await findProject(cwd) : path.resolve(cwd, chosen);
  const hint = `write one, or run in a directory with a ${projectFileName}`;
  await userPath('file', { path: file, what: 'project file', hint });
  const targetName = (name: string, location: SourceLocation): string => hostTarget(name, location).name;
  return parseProject(await mustReadText(file), file, ownKconfig, targetName);
}

/** Where quiltboot keeps what belongs to a project, beside its file. */
const ownFolder = '.quiltboot';

/**
 * The absolute path of a place that runs and bisections are kept in. One in `.quiltboot` lies beside the project file, in
 * whatever directory below it a command is given, unless there is such a place in that directory itself.
 */
export async function placeOfRuns(cwd: string, place: string, chosen?: string): Promise<string> {
  const here = path.resolve(cwd, place);
  if (place.split('/')[0] !== ownFolder || (await exists(path.resolve(cwd, ownFolder)))) return here;
  const file = chosen === undefined ? await findProject(cwd) : path.resolve(cwd, chosen);
  return file === ownFiles.project ? here : path.resolve(path.dirname(file), place);
}

async function findProject(cwd: string): Promise<string> {
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    const file = path.join(directory, projectFileName);
    if (await exists(file)) return file;
    if (directory === path.dirname(directory)) return ownFiles.project;
  }
}
