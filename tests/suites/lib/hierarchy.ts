/** What the container suites have in common: mounting, and the errno of a call that must fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestProcess } from 'quiltboot/suite';
import { GuestErrno } from 'quiltboot/suite';
import { errnoOf } from './errno.ts';
import type { ContainerContext } from './suite.ts';

/** Number of an errno, equal on all targets. */
export const errnoNumbers = { EPERM: 1, EAGAIN: 11, ENOSPC: 28 } as const;

/** mkdir of a directory that may be there already. */
export async function ensureDirectory(guest: GuestProcess, path: string): Promise<void> {
  const errno = await errnoOf(guest.mkdir(path));
  if (errno !== 'none' && errno !== 'EEXIST') throw new GuestErrno(`mkdir("${path}")`, errno, 0);
}

export interface MountOptions {
  /** Options of the file system; both plain subsystems unless given, '' for none at all. */
  readonly options?: string;
  /** Where; the dialect's mount point unless given. */
  readonly at?: string;
}

/** Mounts a hierarchy and resolves with the path of its root. */
export async function mountHierarchy(
  { guest, dialect }: ContainerContext,
  { options, at = dialect.mountPoint }: MountOptions = {},
): Promise<string> {
  const chosen = options ?? dialect.plainSubsystems.join(',');
  await ensureDirectory(guest, at);
  await guest.mount({
    type: dialect.fsType,
    source: 'dev',
    target: at,
    ...(chosen === '' ? {} : { options: chosen }),
  });
  return at;
}

/** Mounts a hierarchy with one container, `a`; resolves with the path of its root. */
export async function mountWithContainer(context: ContainerContext, options?: MountOptions): Promise<string> {
  const root = await mountHierarchy(context, options);
  await context.guest.mkdir(`${root}/a`);
  return root;
}

interface WithChild {
  readonly root: string;
  readonly child: Awaited<ReturnType<GuestProcess['fork']>>;
}

/** Mounts a hierarchy with one container, `a`, and forks a child, which stays in the root. */
export async function mountWithChild(context: ContainerContext, options?: MountOptions): Promise<WithChild> {
  const root = await mountWithContainer(context, options);
  return { root, child: await context.guest.fork() };
}

/** Mounts a hierarchy with one container, `a`, and a child in it. */
export async function mountWithTask(context: ContainerContext, options?: MountOptions): Promise<WithChild> {
  const made = await mountWithChild(context, options);
  await attach(context.guest, made.child.pid, `${made.root}/a`);
  return made;
}

/** Like {@link mountHierarchy}; resolves with the errno, `none` when it was mounted. */
export async function tryMount(context: ContainerContext, options: MountOptions): Promise<string> {
  return errnoOf(mountHierarchy(context, options));
}

/** Changes the options of a mounted hierarchy. */
export async function remount({ guest, dialect }: ContainerContext, at: string, options: string): Promise<void> {
  await guest.mount({ type: dialect.fsType, source: 'dev', target: at, options, flags: ['remount'] });
}

/** The options that /proc/mounts shows for a mount point, those of every file system left out. */
export async function mountedOptions(guest: GuestProcess, at: string): Promise<string[]> {
  const line = (await guest.read('/proc/mounts')).split('\n').find((each) => each.split(' ')[1] === at);
  const general = new Set(['rw', 'ro', 'relatime', 'nosuid', 'nodev', 'noexec', 'noatime']);
  return (line?.split(' ')[3] ?? '').split(',').filter((option) => option !== '' && !general.has(option));
}

/** The pids in a container's `tasks`. */
export async function tasksOf(guest: GuestProcess, container: string): Promise<number[]> {
  const text = await guest.read(`${container}/tasks`);
  return text.split('\n').filter(Boolean).map(Number);
}

/** Moves a task, by the process given. */
export async function attach(by: GuestProcess, pid: number, container: string): Promise<void> {
  await by.write(`${container}/tasks`, `${pid}\n`);
}

/**
 * The css group of a task, as the debug subsystem names it. A modern kernel prints no pointer as long as its random
 * numbers are not ready, and they are made ready by whoever asks for some.
 */
export async function cssGroupOf({ dialect }: ContainerContext, by: GuestProcess, root: string): Promise<string> {
  const read = async (): Promise<string> => {
    const text = await by.read(`${root}/${dialect.debugFile('current_css_group')}`);
    // Modern control groups tell more than the name: a word, the address, references, and a line for each subsystem.
    return /^(?:css_set )?(\S+)/.exec(text)?.[1] ?? text;
  };
  if ((await read()).includes('ptrval')) {
    const random = await by.open('/dev/random', 'r');
    await random.read(1);
    await random.close();
  }
  // The key of the pointers is made a moment later.
  for (let tries = 0; tries < 100 && (await read()).includes('ptrval'); tries += 1) await sleep(20);
  return await read();
}

/** Ids of every thread of the system. */
export async function allThreads(guest: GuestProcess): Promise<number[]> {
  const pids = (await guest.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const threads = await Promise.all(
    // A process may end while we look.
    pids.map((pid) => guest.readdir(`/proc/${pid}/task`).catch(() => [])),
  );
  return threads
    .flat()
    .map(Number)
    .sort((a, b) => a - b);
}
