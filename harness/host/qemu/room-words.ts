import { access, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { landlockMounts, landlockSystem } from '../sandbox/landlock.ts';
import type { Mount } from '../sandbox/request.ts';

/** Where a system has programs, libraries and QEMU's firmware; what is not there is passed over. */
const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix', '/gnu'];

export interface RoomWords {
  readonly mounts: readonly Mount[];
  readonly kvm: boolean;
  /** As it is named inside. */
  readonly argv: readonly [string, ...string[]];
}

/** How bubblewrap shuts QEMU in. */
interface Bubblewrap {
  /** Options: namespaces and capabilities. */
  readonly options: readonly string[];
  /** Words before QEMU, inside. */
  readonly enter: readonly string[];
}

/**
 * QEMU in a sandbox of bubblewrap: no network, no home directory, no process but its own, nothing writable but what was
 * named; it ends with us.
 *
 * @param bwrap absolute path of bubblewrap
 */
export function bubblewrapRoom(
  bwrap: string,
  { options, enter }: Bubblewrap,
  { mounts, kvm, argv }: RoomWords,
): [string, ...string[]] {
  return [
    bwrap,
    ...options,
    '--die-with-parent',
    ...['--hostname', 'quiltboot'],
    ...system.flatMap((directory) => ['--ro-bind-try', directory, directory]),
    ...['--perms', '0755', '--dir', '/etc', '--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache'],
    ...['--proc', '/proc'],
    ...['--dev', '/dev'],
    ...(kvm ? ['--dev-bind', '/dev/kvm', '/dev/kvm'] : []),
    ...['--remount-ro', '/dev'],
    ...mounts.flatMap(({ from, at, writable }) => [writable ? '--bind' : '--ro-bind', from, at]),
    // What holds the mounts lies in memory.
    ...['--remount-ro', '/'],
    ...['--chdir', '/'],
    '--',
    ...enter,
    ...argv,
  ];
}

/** QEMU in a sandbox of Landlock; see {@link landlockHelper} for the program. */
export function landlockRoom(helper: string, { mounts, kvm, argv }: RoomWords): [string, ...string[]] {
  return [
    helper,
    ...landlockSystem([...system, '/etc/ld.so.cache']),
    ...landlockMounts({ mounts }),
    ...(kvm ? ['--device', '/dev/kvm'] : []),
    '--',
    ...argv,
  ];
}

/** The whole environment of a room. */
export const roomEnvironment = { LC_ALL: 'C', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** The argument list that gives a room its environment, where whoever starts it would add their own. */
export function withRoomEnvironment(argv: readonly string[]): [string, ...string[]] {
  return ['env', '-i', ...Object.entries(roomEnvironment).map(([name, value]) => `${name}=${value}`), ...argv];
}

export interface ProgramTree {
  /** Path of the program inside. */
  readonly path: string;
  /** On this machine. */
  readonly real: string;
  readonly mounts: readonly Mount[];
}

/**
 * Which part of the machine a program needs beside the system's directories: one that was installed into a place of its
 * own needs that place, where its firmware lies (`bin` beside `share/qemu`), or the directory that it lies in.
 *
 * @param file absolute or relative path; a link stands for what it leads to
 */
export async function programTree(file: string): Promise<ProgramTree> {
  const real = await realpath(file);
  if (system.some((directory) => real.startsWith(`${directory}/`))) return { path: real, real, mounts: [] };
  const above = path.resolve(real, '../..');
  const installed = await access(path.join(above, 'share/qemu')).then(
    () => above !== homedir(),
    () => false,
  );
  const tree = installed ? above : path.dirname(real);
  const at = '/program';
  if (tree === '/' || tree === homedir()) return { path: at, real, mounts: [{ from: real, at, writable: false }] };
  return { path: path.join(at, path.relative(tree, real)), real, mounts: [{ from: tree, at, writable: false }] };
}
