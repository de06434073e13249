import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { runProcess } from '../process.ts';

/** The PATH that commands are looked up in. */
export function searchPath(): string {
  return process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
}

/** Where a command is found (absolute), or undefined; one with a slash is a path. A user's PATH often lacks the sbin directories, so they are looked at too. */
export async function findCommand(command: string, extra: readonly string[] = []): Promise<string | undefined> {
  const directories = command.includes('/') ? [''] : [...searchPath().split(path.delimiter), ...extra];
  for (const directory of directories) {
    const file = path.resolve(directory, command);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

const versions = new Map<string, Promise<string | undefined>>();

/**
 * The first line that a command prints when it is asked for its version; undefined when there is no such command or it
 * doesn't run. Asked once for each command and PATH.
 */
export function versionLine(command: string, args: readonly string[] = ['--version']): Promise<string | undefined> {
  const key = JSON.stringify([searchPath(), command, args]);
  const known = versions.get(key) ?? askVersion(command, args);
  versions.set(key, known);
  return known;
}

async function askVersion(command: string, args: readonly string[]): Promise<string | undefined> {
  if ((await findCommand(command)) === undefined) return undefined;
  const result = await runProcess({ argv: [command, ...args], timeoutMs: 20_000 }).catch(() => undefined);
  if (result?.exitCode !== 0) return undefined;
  return (result.stdout || result.stderr)
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim();
}
