import { chown, realpath } from 'node:fs/promises';
import type { SandboxName } from '../../model/index.ts';
import { withScratch } from '../files/scratch.ts';
import { runProcess } from '../process.ts';
import { bubblewrap, missingBubblewrap } from '../sandbox/bubblewrap.ts';
import { landlockHelper } from '../sandbox/landlock.ts';
import { strongest } from '../sandbox/sandbox.ts';
import { bubblewrapRoom, landlockRoom, type RoomWords, withRoomEnvironment } from './room-words.ts';

/** How QEMU is shut in on this machine. */
export interface Mode {
  readonly name: SandboxName;
  /** Whether QEMU sees things under the names that its mounts have there; otherwise everything has its own name. */
  readonly renames: boolean;
  /** Number of the user and group that QEMU runs as, where that is not ours. */
  readonly user?: number;
  /** The argument list that runs QEMU there. */
  wrap(words: RoomWords): [string, ...string[]];
}

/** What was found: how guests are shut in and why not better, or why they can't be. */
export type FoundMode =
  | { readonly mode: Mode; readonly reason?: string }
  | { readonly mode?: undefined; readonly reason: string };

interface Way extends Omit<Mode, 'wrap'> {
  /** Absolute path of the program that does it, or why there is none. */
  readonly find: () => Promise<{ readonly file: string } | { readonly problem: string }>;
  readonly wrap: (file: string, words: RoomWords) => [string, ...string[]];
}

/** The user and group that own nothing, on every system. */
const nobody = 65534;

const namespaces = ['ipc', 'pid', 'net', 'uts', 'cgroup-try'].map((name) => `--unshare-${name}`);

const withBubblewrap = {
  name: 'bubblewrap',
  renames: true,
  find: async () => {
    const file = await bubblewrap();
    return file === undefined ? { problem: missingBubblewrap } : { file: await realpath(file) };
  },
} as const;

/** Root can become somebody else, who may do nothing at all, without a user namespace. */
const asNobody: Way = {
  ...withBubblewrap,
  user: nobody,
  wrap: (file, words) =>
    bubblewrapRoom(
      file,
      {
        options: [
          ...namespaces,
          ...['--cap-drop', 'ALL'],
          ...['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((capability) => ['--cap-add', capability]),
        ],
        enter: [
          ...['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups', '--no-new-privs'],
          ...['--inh-caps=-all', '--bounding-set=-all', '--'],
        ],
      },
      words,
    ),
};

/** Anybody else stays who they are, in a user namespace; so does root in a container that has no other users. */
const asOurselves: Way = {
  ...withBubblewrap,
  wrap: (file, words) => bubblewrapRoom(file, { options: ['--unshare-all', '--cap-drop', 'ALL'], enter: [] }, words),
};

const withLandlock: Way = { name: 'landlock', renames: false, find: landlockHelper, wrap: landlockRoom };

let found: Promise<FoundMode> | undefined;

/** How guests are shut in here, or why they can't be. Tried once, by doing it. */
export function roomMode(): Promise<FoundMode> {
  const ways = [...(process.getuid?.() === 0 ? [asNobody] : []), asOurselves, withLandlock];
  found ??= strongest(ways, tryOut).then(({ found: mode, reason = '' }) =>
    mode === undefined ? { reason } : { mode, ...(reason === '' ? {} : { reason }) },
  );
  return found;
}

async function tryOut(way: Way): Promise<Mode | string> {
  const { name, renames, user } = way;
  return withScratch({ purpose: 'room' }, async (directory) => {
    const program = await way.find();
    if ('problem' in program) return program.problem;
    const mode: Mode = {
      name,
      renames,
      ...(user === undefined ? {} : { user }),
      wrap: (words) => way.wrap(program.file, words),
    };
    if (user !== undefined) await chown(directory, user, user);
    const at = renames ? '/guest' : directory;
    const argv = mode.wrap({
      kvm: false,
      mounts: [{ from: directory, at, writable: true }],
      argv: ['/bin/sh', '-c', 'echo inside >"$1/written" && cat "$1/written"', 'sh', at],
    });
    const result = await runProcess({ argv: withRoomEnvironment(argv), timeoutMs: 10_000 });
    if (result.exitCode === 0 && result.stdout === 'inside\n') return mode;
    return (result.stderr || result.stdout).trim() || `${name} gave no reason`;
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
}
