import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Makes a directory that holds every command of this machine but some, to be the whole PATH of a program. */
export async function pathWithout(directory: string, names: readonly string[]): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const place of [path.dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    for (const name of await readdir(place).catch(() => [])) {
      if (!names.includes(name))
        await symlink(path.join(place, name), path.join(directory, name)).catch(() => undefined);
    }
  }
  return directory;
}

/** Puts a shell script of a name into a directory of a PATH. */
export async function fakeCommand(directory: string, name: string, script: string): Promise<void> {
  const file = path.join(directory, name);
  // It may be a link to the machine's own command, which must not be written to.
  await rm(file, { force: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
