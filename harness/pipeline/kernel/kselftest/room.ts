import { listHostile, tryHostile } from '../../../host/files/hostile.ts';
import { readText } from '../../../host/files/read.ts';
import { withScratch } from '../../../host/files/scratch.ts';
import { writeFileAtomic } from '../../../host/files/write.ts';
import { ownFile } from '../../../host/make/build-directory.ts';
import { versionLine } from '../../../host/make/toolchain.ts';
import { runProcess } from '../../../host/process.ts';
import { selftests } from '../../../kselftest/index.ts';
import type { MakePlaces } from '../../../make/index.ts';
import {
  type BootTarget,
  type Context,
  HostError,
  isBefore,
  type Source,
  type Toolchain,
} from '../../../model/index.ts';
import { libcPackage } from '../../../targets/index.ts';
import { type KernelMake, type KernelMakeResult, kernelMake, throwHostFault } from '../make.ts';
import { placeOf } from '../place.ts';

/** A point and what its tests are built for. */
export interface KselftestPoint {
  readonly source: Source;
  readonly target: BootTarget;
  /** Of the kernel: its headers are made with it. */
  readonly toolchain: Toolchain;
}

/** No configuration of a project is called so: the directory is of the tests alone. */
const placeName = '.kselftest';

export function kselftestPlace(point: KselftestPoint, context: Context): KernelMake['place'] {
  return placeOf(context, point.source, point, placeName);
}

/** Where programs of a collection are built, as make sees it. */
export function outputOf(places: Pick<MakePlaces, 'directory'>, collection: string): string {
  return `${places.directory}/selftests/${collection}`;
}

/** The words of make for a collection: everything is linked statically, with the headers of the point. */
export function collectionMake(
  { target, source }: KselftestPoint,
  collection: string,
  places: MakePlaces,
): [string, ...string[]] {
  const headers = `-isystem ${places.directory}/usr/include`;
  const compiler = [
    `${target.crossCompile}gcc`,
    ...target.guestCompilerFlags,
    '-static',
    '-s',
    '-MD',
    '-Wl,--build-id=none',
  ];
  const variables = {
    OUTPUT: outputOf(places, collection),
    ARCH: target.sourceArch(source.kernelVersion),
    CROSS_COMPILE: target.crossCompile,
    // Some makefiles look for the headers in the tree, where there are none.
    CC: [...compiler, headers].join(' '),
    KHDR_INCLUDES: headers,
  };
  return [
    ...(['make', '-C', `${places.worktree}/${selftests}/${collection}`, '--no-print-directory'] as const),
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ];
}

/**
 * Runs a command of a point's tests where makes run, and tells what it printed.
 *
 * @throws HostError where the machine is to blame, InterruptedError
 */
export async function runInPlace(
  point: KselftestPoint,
  { goal, ...rest }: Pick<KernelMake, 'goal' | 'command' | 'files' | 'variables'>,
  context: Context,
): Promise<{ readonly make: KernelMakeResult; readonly log: string }> {
  const worktree = await point.source.checkout();
  const place = kselftestPlace(point, context);
  return await withScratch({ purpose: 'kselftest' }, async (scratch) => {
    const logFile = `${scratch}/log`;
    const asked = { ...point, ...rest, goal, worktree, place, logFile };
    const make = await kernelMake(asked, context);
    const log = (await readText(logFile)) ?? '';
    if (!make.succeeded) await throwHostFault(asked, make, log, 'build the tests');
    return { make, log };
  });
}

/** Our own file that says of which point the headers in place are. */
const headersOf = 'kselftest-headers';

/** Why the headers of a point cannot be had; undefined where they are in place. Trees before 5.3 know one goal only. */
export async function installHeaders(
  point: KselftestPoint,
  context: Context,
): Promise<{ readonly log: string } | undefined> {
  const { source } = point;
  const place = kselftestPlace(point, context);
  const stamp = ownFile(place, headersOf);
  const isThere = (await tryHostile(() => listHostile(place.directory, 'usr/include')))?.length;
  if (isThere && (await readText(stamp)) === source.id) return undefined;
  const isOld = isBefore(source.kernelVersion, '5.3');
  const variables = (places: MakePlaces): Record<string, string> =>
    isOld ? { INSTALL_HDR_PATH: `${places.directory}/usr` } : {};
  const { make, log } = await runInPlace(point, { goal: isOld ? 'headers_install' : 'headers', variables }, context);
  if (!make.succeeded) return { log };
  await writeFileAtomic(stamp, source.id);
  return undefined;
}

/**
 * What the target's compiler says it is, for keys of results.
 *
 * @throws HostError where there is none, or where it has no static C library
 */
export async function staticCompiler(target: BootTarget, { signal }: Pick<Context, 'signal'>): Promise<string> {
  const command = `${target.crossCompile}gcc`;
  const version = await versionLine(command);
  const argv = [command, ...target.guestCompilerFlags, '-print-file-name=libc.a'] as const;
  // A compiler prints the name alone where it does not find the file.
  const file = version === undefined ? undefined : (await runProcess({ argv: [...argv], signal })).stdout.trim();
  if (version !== undefined && file?.includes('/')) return version;
  const what =
    version === undefined ? `there is no ${command}` : `${command} has no static C library for ${target.name}`;
  throw new HostError(`${what}, with which kselftest is built`, {
    code: 'QB-TOOL',
    hint: `install it: apt-get install ${version === undefined ? 'gcc and ' : ''}${libcPackage(target)}`,
  });
}
