import { chmod, lchown, lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { HostError } from '../../model/index.ts';
import { copyIfThere } from '../files/write.ts';
import { findCommand } from '../make/toolchain.ts';
import { dyingWithParent, mustRun } from '../process.ts';
import type { Mount } from '../sandbox/request.ts';
import { noSandbox } from '../sandbox/sandbox.ts';
import { type GuestDirectory, guestDirectory } from './guest-directory.ts';
import { type Mode, roomMode } from './room-mode.ts';
import { programTree } from './room-words.ts';

/** What a guest is made of, by absolute paths of this machine. */
export interface GuestFiles {
  readonly kernel: string;
  readonly initramfs?: string;
  /** The file of the guest's memory, which must exist; QEMU writes to it. */
  readonly memory?: string;
  /** Where gdb's socket comes into being, in a {@link guestDirectory}. */
  readonly gdb?: string;
  /** What disks begin with; QEMU gets copies, which go with the room. */
  readonly disks?: readonly string[];
}

export interface GuestRoomRequest {
  /** Name or path of QEMU. */
  readonly binary: string;
  readonly files: GuestFiles;
  /** The user vouches for the kernel: where there is no sandbox, its QEMU runs without one. */
  readonly vouched: boolean;
  readonly kvm?: boolean;
}

/** A name in the directory that we share with a QEMU: as we see it, and as QEMU does. */
interface Shared {
  readonly here: string;
  readonly there: string;
}

/** Where one QEMU runs. */
export interface GuestRoom {
  readonly sandboxed: boolean;
  /** The files as QEMU sees them. */
  readonly seen: GuestFiles;
  /** A name in the only directory that QEMU writes to. */
  shared(name: string): Shared;
  /** Lets QEMU use a socket or file of ours in that directory. */
  admit(socket: string): Promise<void>;
  /** The argument list that runs QEMU there. */
  wrap(argv: readonly [string, ...string[]]): [string, ...string[]];
  remove(): Promise<void>;
}

/**
 * A room for one QEMU: a sandbox with nothing in it but QEMU with its libraries, the files of the guest and a directory
 * for sockets; and another user where we are root.
 *
 * @throws HostError when QEMU isn't there, and where there is no sandbox for a kernel that nobody vouches for
 */
export async function openRoom(request: GuestRoomRequest): Promise<GuestRoom> {
  const { binary, files, vouched } = request;
  const found = await findCommand(binary);
  if (found === undefined)
    throw new HostError(`cannot run ${binary}: command not found`, { code: 'QB-QEMU', hint: 'run: quiltboot doctor' });
  const { mode, reason } = await roomMode();
  if (mode === undefined) {
    if (!vouched) throw noSandbox('guests run in a sandbox', reason);
    return await copyDisks(files.disks, plainRoom(await guestDirectory(), files, found));
  }
  const directory = await guestDirectory();
  try {
    return await copyDisks(files.disks, await sandboxRoom(request, found, mode, directory));
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** Copies of disks in the directory that QEMU writes to; what is empty takes no room. */
async function copyDisks(disks: readonly string[] = [], room: GuestRoom): Promise<GuestRoom> {
  if (disks.length === 0) return room;
  const seen: string[] = [];
  for (const [index, disk] of disks.entries()) {
    const { here, there } = room.shared(`disk${index}`);
    await mustRun({ argv: ['cp', '--sparse=always', '--reflink=auto', '--', disk, here] }, `copying ${disk}`);
    await room.admit(here);
    seen.push(there);
  }
  return { ...room, seen: { ...room.seen, disks: seen } };
}

function plainRoom(directory: GuestDirectory, files: GuestFiles, program: string): GuestRoom {
  const shared = (name: string): Shared => {
    const here = path.join(directory.path, name);
    return { here, there: here };
  };
  return {
    sandboxed: false,
    seen: files,
    shared,
    admit: () => Promise.resolve(),
    wrap: ([, ...args]) => dyingWithParent([program, ...args]),
    remove: () => directory.remove(),
  };
}

/** Where things are in a sandbox that has names of its own. */
const places = {
  kernel: '/kernel',
  initramfs: '/initramfs',
  memory: '/memory',
  gdb: '/gdb',
  shared: '/guest',
} as const;

async function sandboxRoom(
  { files, kvm = false }: GuestRoomRequest,
  found: string,
  mode: Mode,
  directory: GuestDirectory,
): Promise<GuestRoom> {
  const { kernel, initramfs, memory, gdb } = files;
  const program = await programTree(found);
  const own = directory.private;
  const mounts: Mount[] = [...program.mounts];
  /** Gives QEMU a file or directory; how that is called there. */
  const give = (name: keyof typeof places, from: string, writable = false): string => {
    const at = mode.renames ? places[name] : from;
    mounts.push({ from, at, writable });
    return at;
  };
  const seen: GuestFiles = {
    kernel: give('kernel', await readable(kernel, own, mode)),
    ...(initramfs === undefined ? {} : { initramfs: give('initramfs', await readable(initramfs, own, mode)) }),
    ...(memory === undefined ? {} : { memory: give('memory', await handOver(memory, mode), true) }),
    ...(gdb === undefined ? {} : { gdb: path.join(give('gdb', path.dirname(gdb), true), path.basename(gdb)) }),
  };
  const there = give('shared', directory.path, true);
  return {
    sandboxed: true,
    seen,
    shared: (name) => ({ here: path.join(directory.path, name), there: path.join(there, name) }),
    admit: async (socket) => {
      await handOver(socket, mode);
    },
    wrap: ([, ...args]) => mode.wrap({ mounts, kvm, argv: [mode.renames ? program.path : program.real, ...args] }),
    remove: () => directory.remove(),
  };
}

/** The file, or a copy of it where QEMU's user could not read it. */
async function readable(file: string, directory: string, { user }: Mode): Promise<string> {
  if (user === undefined) return file;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || (found.mode & 0o004) !== 0) return file;
  const copy = path.join(directory, path.basename(file));
  await copyIfThere(file, copy);
  await chmod(copy, 0o644);
  return copy;
}

/** Makes a file of ours one of QEMU's user. */
async function handOver(file: string, { user }: Pick<Mode, 'user'>): Promise<string> {
  // What is theirs already keeps the time of its last change, by which a snapshot that was changed is found.
  if (user !== undefined && (await lstat(file)).uid !== user) await lchown(file, user, user);
  return file;
}
