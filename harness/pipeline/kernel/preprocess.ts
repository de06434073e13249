import path from 'node:path';
import { readText } from '../../host/files/read.ts';
import { updateFile } from '../../host/make/build-directory.ts';
import { runCommand } from '../../host/process.ts';
import {
  commandFile,
  preprocessedName,
  type ReadText,
  readUnit,
  type Unit,
  unitCommand,
} from '../../includes/index.ts';
import type { ConfigureResult, Context, Source, Target, Toolchain } from '../../model/index.ts';
import { type BuildRoom, buildDirectory, buildRoom, kernelMake, withBuildDirectory } from './make.ts';
import { absorbLog, pendingLog } from './object-warnings.ts';

export interface PreprocessRequest {
  readonly source: Source;
  readonly target: Target;
  readonly toolchain: Toolchain;
  readonly configure: ConfigureResult;
  readonly configuration?: string;
  /** Objects made of C files, relative to the build directory. */
  readonly objects: readonly string[];
}

export interface Preprocessed {
  /** By object; one whose source could not be preprocessed is missing. */
  readonly units: ReadonlyMap<string, Unit>;
  /** Directory of the tree, then the build directory: where the files of the units are. */
  readonly directories: readonly string[];
}

/** Reads the files that units name, each once: from the first of the directories that has it. */
export function unitReader(directories: readonly string[]): ReadText {
  const texts = new Map<string, Promise<string | undefined>>();
  const find = async (file: string): Promise<string | undefined> => {
    for (const directory of directories) {
      const text = await readText(path.join(directory, file));
      if (text !== undefined) return text;
    }
    return undefined;
  };
  return (file) => {
    const known = texts.get(file) ?? find(file);
    texts.set(file, known);
    return known;
  };
}

/** Has the compiler tell what the translation units of a point see: which files, by which includes, and what they declare. */
export async function preprocess(request: PreprocessRequest, context: Context): Promise<Preprocessed> {
  const { source, target } = request;
  const worktree = await source.checkout();
  const directory = buildDirectory(context, worktree, target, request.configuration ?? 'default');
  return withBuildDirectory(context, directory, async () => {
    const room = await buildRoom({ ...request, worktree, directory }, context);
    await makeUnits(request, worktree, directory, context);
    const units = new Map<string, Unit>();
    for (const object of request.objects) {
      const unit = await readOne(object, request, directory, room, context.signal);
      if (unit) units.set(object, unit);
    }
    return { units, directories: [worktree, directory] };
  });
}

/** Lets make write the preprocessed files: what it records for them is the command with every flag of the object. */
async function makeUnits(
  { source, target, toolchain, configure, objects }: PreprocessRequest,
  worktree: string,
  directory: string,
  context: Context,
): Promise<void> {
  const config = (await readText(configure.config ?? '')) ?? '';
  const [goal, ...moreGoals] = objects.map(preprocessedName);
  if (goal === undefined) return;
  const common = { worktree, directory, target, toolchain, kernelVersion: source.kernelVersion };
  const one = {
    ...common,
    logFile: pendingLog(directory),
    prepare: () => updateFile(`${directory}/.config`, config),
  };
  await absorbLog(directory);
  // The first goal brings what all of them need, with every job; old trees want the others one after the other.
  await kernelMake({ ...one, goal }, context);
  const [second, ...others] = moreGoals;
  if (second !== undefined) await kernelMake({ ...one, goal: second, moreGoals: others }, context);
  await absorbLog(directory);
}

async function readOne(
  object: string,
  { source, target }: PreprocessRequest,
  directory: string,
  { places, wrap }: BuildRoom,
  signal: AbortSignal,
): Promise<Unit | undefined> {
  const record = await readText(`${directory}/${commandFile(preprocessedName(object))}`);
  const command = record === undefined ? undefined : unitCommand(record);
  if (command === undefined) return undefined;
  const argv = await wrap(['/bin/sh', '-c', `cd ${places.directory} && ${command}`]);
  const result = await runCommand({ argv, signal });
  const { arch } = target.kernelLayout(source.kernelVersion);
  return result.exitCode === 0 ? readUnit(result.stdout, { ...places, arch }) : undefined;
}
