import { chown, realpath } from 'node:fs/promises';
import { withScratch } from '../files/scratch.ts';
import { bubblewrap, missingSandbox } from '../make/sandbox.ts';
import { findCommand } from '../make/toolchain.ts';
import { runProcess } from '../process.ts';
import { type Mode, roomArguments, withRoomEnvironment } from './room-words.ts';

/** The user and group that own nothing, on every system. */
const nobody = 65534;

const namespaces = ['ipc', 'pid', 'net', 'uts', 'cgroup-try'].map((name) => `--unshare-${name}`);

/** Root can become somebody else, who may do nothing at all, without a user namespace. */
const asNobody: Omit<Mode, 'bwrap'> = {
  user: nobody,
  options: [
    ...namespaces,
    ...['--cap-drop', 'ALL'],
    ...['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((capability) => ['--cap-add', capability]),
  ],
  enter: [
    ...['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups', '--no-new-privs'],
    ...['--inh-caps=-all', '--bounding-set=-all', '--'],
  ],
};

/** Anybody else stays who they are, in a user namespace; so does root in a container that has no other users. */
const asOurselves: Omit<Mode, 'bwrap'> = { options: ['--unshare-all', '--cap-drop', 'ALL'], enter: [] };

let found: Promise<Mode | { readonly problem: string }> | undefined;

/** How guests are shut in here, or why they can't be. Tried once, by doing it. */
export function roomMode(): Promise<Mode | { readonly problem: string }> {
  found ??= tryModes();
  return found;
}

async function tryModes(): Promise<Mode | { readonly problem: string }> {
  if ((await findCommand('bwrap')) === undefined) return { problem: missingSandbox };
  const bwrap = await realpath(await bubblewrap());
  let problem = '';
  for (const one of process.getuid?.() === 0 ? [asNobody, asOurselves] : [asOurselves]) {
    const mode = { ...one, bwrap };
    const why = await tryOut(mode);
    if (why === undefined) return mode;
    problem = why;
  }
  return { problem };
}

async function tryOut(mode: Mode): Promise<string | undefined> {
  return withScratch({ purpose: 'room' }, async (directory) => {
    const { user } = mode;
    if (user !== undefined) await chown(directory, user, user);
    const argv = roomArguments({
      mode,
      kvm: false,
      mounts: [{ from: directory, at: '/guest', writable: true }],
      argv: ['/bin/sh', '-c', 'echo inside >/guest/written && cat /guest/written'],
    });
    const result = await runProcess({ argv: withRoomEnvironment(argv), timeoutMs: 10_000 });
    if (result.exitCode === 0 && result.stdout === 'inside\n') return undefined;
    return (result.stderr || result.stdout).trim() || 'bwrap gave no reason';
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
}
