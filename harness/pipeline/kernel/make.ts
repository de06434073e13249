import { HostileFile } from '../../host/files/hostile-errors.ts';
import { exists } from '../../host/files/kind.ts';
import { appendNow, writeFileAtomic, writeJson } from '../../host/files/write.ts';
import { beginMake, endMake, ownFile, removeBuilt, takeSpecialBits } from '../../host/make/build-directory.ts';
import { enterJobserver } from '../../host/make/jobserver.ts';
import { lookAtMachine, type MachineState } from '../../host/make/machine-state.ts';
import { type MakePlaces, makeArguments } from '../../make/index.ts';
import { type Context, defined, HostError, type Source } from '../../model/index.ts';
import { findHostFault } from './host-fault.ts';
import { type LimitedMake, limitedMake } from './limited-make.ts';
import { type BuildRoom, buildRoom, type RoomRequest } from './room.ts';
import { trimCache } from './trim-cache.ts';

export interface KernelMake extends RoomRequest {
  readonly source: Pick<Source, 'origin' | 'kernelVersion' | 'missing'>;
  readonly goal: string;
  readonly moreGoals?: readonly string[];
  /** What runs instead of make with the kernel's own words; the goal names it then. */
  readonly command?: (places: MakePlaces) => [string, ...string[]];
  /** stdout and stderr are appended to it. Ours: nothing that a build can write. */
  readonly logFile: string;
  readonly variables?: (places: MakePlaces) => Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** Text by name: our own files, put where the build reads them and can't change them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Shell commands that run first, in the build directory and wherever make runs. `$own` is where the files are. */
  readonly before?: string;
}

export interface KernelMakeResult {
  readonly succeeded: boolean;
  /** Where make ran. */
  readonly room: BuildRoom;
  /** A signal ended it, inside of the sandbox. */
  readonly killed: boolean;
  /** What it had too much of, where it was ended for that: it is to blame itself. */
  readonly excess?: string;
  /** The machine when make started. */
  readonly machine: MachineState;
}

/**
 * Runs make for a kernel, in a sandbox where the machine has one. A make that fails is a result.
 *
 * @throws HostError when make or everything under it was killed from outside, or there has to be a sandbox and is none
 * @throws InterruptedError when the context's signal asked to stop
 */
export async function kernelMake(request: KernelMake, context: Context): Promise<KernelMakeResult> {
  const { place, source } = request;
  const room = await buildRoom(request, context);
  const { places } = room;
  const argv =
    request.command?.(places) ??
    makeArguments({
      ...request,
      kernelVersion: source.kernelVersion,
      places,
      variables: request.variables?.(places) ?? {},
    });
  if (await beginMake(place)) {
    const text = `${request.target.name}: the clock was set back since the last build, so everything is compiled again`;
    context.emit({ type: 'note', level: 'warning', text });
  }
  for (const [name, text] of Object.entries(request.files ?? {})) await writeFileAtomic(ownFile(place, name), text);
  await writeJson(ownFile(place, 'roots.json'), { worktree: places.worktree, directory: places.directory });
  const machine = await lookAtMachine(place.own);
  const slot = await enterJobserver(context.jobs, context.signal);
  const wrapped = await room.wrap(afterCommands(argv, places, request.before));
  const limited: LimitedMake = {
    argv: wrapped,
    place,
    goal: request.goal,
    slot,
    logFile: request.logFile,
    ...defined({ onLine: request.onLine }),
  };
  const { result, excess } = await limitedMake(limited, context).finally(() => slot.release());
  if (excess !== undefined) {
    appendNow(request.logFile, `\n[quiltboot: the build was ended: it had ${excess}]\n`);
    // Nothing of it is worth anything, and it may fill the disk.
    await removeBuilt(place.directory);
    await endMake(place);
    return { succeeded: false, room, killed: true, excess, machine };
  }
  await takeSpecialBits(place.directory);
  const killed = result.endedBy !== undefined || (result.exitCode ?? 0) > 128;
  // In a sandbox only a signal from outside ends the sandbox itself; what is in there can end nothing but make.
  if (killed && (result.endedBy !== undefined || room.sandbox === 'none')) {
    throw new HostError(`make was killed while it built for ${request.target.name}`, {
      hint: 'quiltboot did not kill it; if the machine ran out of memory, lower --jobs',
      retryable: true,
    });
  }
  if (!killed) await endMake(place);
  await trimCache(room, context);
  return { succeeded: result.exitCode === 0, room, killed, machine };
}

function afterCommands(
  argv: [string, ...string[]],
  { own, directory }: MakePlaces,
  before: string | undefined,
): [string, ...string[]] {
  if (before === undefined) return argv;
  const script = `own=$1; cd "$2" || exit 1; shift 2; ${before}\nexec "$@"`;
  return ['/bin/sh', '-c', script, 'sh', own, directory, ...argv];
}

/**
 * @param log what the failed make printed
 * @throws HostError when the machine itself confirms that it is to blame
 */
export async function throwHostFault(
  { place, target, source }: KernelMake,
  { machine, killed, excess }: KernelMakeResult,
  log: string,
  what: string,
): Promise<void> {
  if (excess !== undefined) return;
  const gone = (await exists(place.own)) ? await source.missing?.() : place.own;
  if (gone !== undefined)
    throw new HostError(`cannot ${what} for ${target.name}: ${gone} was removed while it was used`, {
      code: 'QB-DISK',
      hint: 'something else removes files of the cache: leave it alone, and run again',
    });
  const fault = await findHostFault({ log, place, target, before: machine, killed });
  if (fault) throw new HostError(`cannot ${what} for ${target.name}: ${fault.message}`, fault);
  // What a stranger's build has filled the disk with must not fail the next one.
  const full = (await lookAtMachine(place.own)).freeBytes < machine.freeBytes / 2;
  if (full && source.origin.kind !== 'own') await removeBuilt(place.directory);
}

/** The reason why something that a build left is not taken; undefined where everything was as it should be. */
export async function hostileProblem(action: () => Promise<void>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof HostileFile) return error.message;
    throw error;
  }
}
