import { readHostileText, tryHostile } from '../../host/files/hostile.ts';
import { readText } from '../../host/files/read.ts';
import type { BuildPlace } from '../../host/make/build-directory.ts';
import { runProcess } from '../../host/process.ts';
import {
  commandFile,
  preprocessedName,
  type ReadText,
  readUnit,
  type Unit,
  unitCommand,
} from '../../includes/index.ts';
import type { ConfigureResult, Context, Source, Target, Toolchain } from '../../model/index.ts';
import { withConfiguration } from './configuration.ts';
import { kernelMake } from './make.ts';
import { absorbLog, pendingLog } from './object-warnings.ts';
import { placeOf, withBuildPlace } from './place.ts';
import { type BuildRoom, buildRoom } from './room.ts';

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
  /** Where commands that look at them run. */
  readonly room: BuildRoom;
}

/** Most bytes of a source file or a record of kbuild. */
const mostBytes = 16 * 2 ** 20;

/**
 * Reads the files that units name, each once: from the first of the directories that has it. A patch chooses the names and
 * what is there, so nothing outside of the directories is read.
 */
export function unitReader(directories: readonly string[]): ReadText {
  const texts = new Map<string, Promise<string | undefined>>();
  const find = async (file: string): Promise<string | undefined> => {
    for (const directory of directories) {
      const request = { root: directory, file, limit: mostBytes, links: true };
      const text = await tryHostile(() => readHostileText(request));
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
  const { source } = request;
  const worktree = await source.checkout();
  const place = placeOf(context, source, request, request.configuration ?? 'default');
  return withBuildPlace(context, place, source, async () => {
    const room = await buildRoom({ ...request, worktree, place }, context);
    await makeUnits(request, worktree, place, context);
    const units = new Map<string, Unit>();
    for (const object of request.objects) {
      const unit = await readOne(object, request, place, room, context.signal);
      if (unit) units.set(object, unit);
    }
    return { units, directories: [worktree, place.directory], room };
  });
}

/** Lets make write the preprocessed files: what it records for them is the command with every flag of the object. */
async function makeUnits(
  { source, target, toolchain, configure, objects }: PreprocessRequest,
  worktree: string,
  place: BuildPlace,
  context: Context,
): Promise<void> {
  const config = (await readText(configure.config ?? '')) ?? '';
  const [goal, ...moreGoals] = objects.map(preprocessedName);
  if (goal === undefined) return;
  const common = { source, worktree, place, target, toolchain };
  const one = { ...common, logFile: pendingLog(place), ...withConfiguration(config) };
  await absorbLog(place, context);
  // The first goal brings what all of them need, with every job; old trees want the others one after the other.
  await kernelMake({ ...one, goal }, context);
  const [second, ...others] = moreGoals;
  if (second !== undefined) await kernelMake({ ...one, goal: second, moreGoals: others }, context);
  await absorbLog(place, context);
}

async function readOne(
  object: string,
  { source, target }: PreprocessRequest,
  { directory }: BuildPlace,
  { places, wrap }: BuildRoom,
  signal: AbortSignal,
): Promise<Unit | undefined> {
  const request = { root: directory, file: commandFile(preprocessedName(object)), limit: mostBytes };
  const record = await tryHostile(() => readHostileText(request));
  const command = record === undefined ? undefined : unitCommand(record);
  if (command === undefined) return undefined;
  const argv = await wrap(['/bin/sh', '-c', `cd ${places.directory} && ${command}`]);
  const result = await runProcess({ argv, signal });
  const { arch } = target.kernelLayout(source.kernelVersion);
  return result.exitCode === 0 ? readUnit(result.stdout, { ...places, arch }) : undefined;
}
