import { hashFile, hashValues } from '../../host/files/hash.ts';
import { isDirectory, isExecutable } from '../../host/files/kind.ts';
import { listFiles } from '../../host/files/list.ts';
import type { PlacedFile, Project, Series } from '../../model/index.ts';
import { programInputs } from '../guest/programs.ts';
import { scriptsOf } from './build-cell.ts';

interface UnnamedRequest {
  readonly project: Pick<Project, 'guest' | 'programSuites'>;
  readonly series: Series;
  /** Absolute paths of suite files, and words for other suites. */
  readonly suites: readonly string[];
}

/** A file that guests get, or all files of a directory. */
async function placedHashes({ from, to }: PlacedFile): Promise<unknown> {
  const files = (await isDirectory(from)) ? await listFiles(from) : [from];
  const found = files.map(async (file) => [file.slice(from.length), await hashFile(file), await isExecutable(file)]);
  return [to, await Promise.all(found)];
}

/** What guests get of the project, by its content: where it lies on this machine decides nothing. */
async function guestContents({ project, suites }: UnnamedRequest): Promise<unknown> {
  const programs = Object.values(project.guest?.programs ?? {}).map(async (program) => {
    const { name, flags, libc } = program;
    return [name, flags, libc, await programInputs(program)];
  });
  const placed = [...(project.guest?.files ?? []), ...scriptsOf(suites, project)];
  const suiteRules = Object.values(project.programSuites ?? {}).map(({ name, argv, pass, timeoutMs }) => [
    ...[name, argv, pass, timeoutMs],
  ]);
  const modules = (project.guest?.modules ?? []).map(({ name, parameters, stays }) => [
    name,
    parameters,
    stays ?? null,
  ]);
  return [await Promise.all(programs), await Promise.all(placed.map(placedHashes)), suiteRules, modules];
}

/** What the project file says of a series beside its patches. */
async function saidOf({ features, fragments, dialect, fuzz, uncovered, variant, trust }: Series): Promise<unknown> {
  const lacks = variant && [
    ...[variant.name, variant.from, variant.remove ?? null],
    variant.patch === undefined ? null : await hashFile(variant.patch),
  ];
  const from = fragments.map((fragment) => fragment.from);
  return [features, from, dialect ?? null, fuzz ?? 0, uncovered ?? null, lacks ?? null, trust ?? null];
}

/**
 * Over what decides results and is told by no other fact of a run: what the project file says of a series beside its patches,
 * and what guests get.
 *
 * @throws UserError for a source of a guest's program that is not there
 */
export async function unnamedInputs(request: UnnamedRequest): Promise<string> {
  return hashValues(await saidOf(request.series), await guestContents(request));
}
