import type { BuildLimits } from '../../model/index.ts';
import { limitWords } from '../make/limits.ts';

export interface SandboxRequest {
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Directories of the machine, which must exist, that are empty for the command; absolute paths. */
  readonly emptied?: readonly string[];
  /** A directory of the machine for temporary files, which must exist, for sandboxes that have none in memory. */
  readonly temporary?: string;
  readonly limits?: BuildLimits;
}

/** A directory of the machine, which must exist, and where the command sees it. */
export interface Mount {
  readonly from: string;
  readonly at: string;
  readonly writable: boolean;
}

/** Where compilers and their data are; what is not there is passed over. The home directory is not among them. */
export const systemDirectories: readonly string[] = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'],
  ...['/opt', '/nix', '/gnu'],
];

/** Settings that compilers and the tools of a build read. */
export const systemSettings: readonly string[] = [
  ...['/etc/alternatives', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/python3'],
];

interface PlainRequest extends Pick<SandboxRequest, 'argv' | 'env'> {
  readonly limits?: Parameters<typeof limitWords>[0];
}

/**
 * The command without a sandbox: stdout and stderr in one stream, so that their order is kept, and no variable of the
 * user's environment.
 */
export function plainArguments(request: PlainRequest): [string, ...string[]] {
  const variables = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
  const limits = request.limits === undefined ? [] : limitWords(request.limits);
  return ['env', '-i', ...variables, ...limits, '/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...request.argv];
}
