import path from 'node:path';
import { buildLimits } from '../../model/index.ts';
import { findCommand } from '../make/toolchain.ts';
import { plainArguments, type SandboxRequest, systemDirectories, systemSettings } from './request.ts';

export const missingBubblewrap = 'bubblewrap is not installed (apt-get install bubblewrap)';

/** Absolute path of bubblewrap; undefined where there is none. */
export async function bubblewrap(): Promise<string | undefined> {
  const found = await findCommand('bwrap');
  return found === undefined ? undefined : path.resolve(found);
}

/**
 * The command in a sandbox of bubblewrap: no network, no home directory, nothing writable but what was named, and a
 * process namespace of its own that ends with us, whatever was started in it. bubblewrap itself, which the command sees
 * as process 1, starts with an empty environment: what stands there could be read by everything in the sandbox.
 *
 * @param bwrap absolute path of bubblewrap
 */
export function bubblewrapArguments(bwrap: string, request: SandboxRequest): [string, ...string[]] {
  return [
    ...(['env', '-i', bwrap] as const),
    '--unshare-all',
    '--die-with-parent',
    ...['--cap-drop', 'ALL'],
    ...['--hostname', 'quiltboot'],
    ...[...systemDirectories, ...systemSettings].flatMap((directory) => ['--ro-bind-try', directory, directory]),
    ...['--proc', '/proc'],
    ...['--dev', '/dev'],
    ...smallFiles(request, '/dev/shm'),
    ...['--remount-ro', '/dev'],
    ...smallFiles(request, '/tmp'),
    ...(request.emptied ?? []).flatMap((directory) => ['--tmpfs', directory, '--remount-ro', directory]),
    ...request.mounts.flatMap(({ from, at, writable }) => [writable ? '--bind' : '--ro-bind', from, at]),
    // What holds the mounts lies in memory as well.
    ...['--remount-ro', '/'],
    ...['--chdir', '/'],
    '--',
    ...plainArguments({ ...request, env: { ...request.env, TMPDIR: '/tmp' } }),
  ];
}

/** A place for files that lie in memory; half of all memory is what one has without a limit. */
function smallFiles({ limits = buildLimits }: SandboxRequest, at: string): string[] {
  return ['--size', String(limits.temporary * 1024 * 1024), '--tmpfs', at];
}
