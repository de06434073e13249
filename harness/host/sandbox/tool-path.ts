import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { exists } from '../files/kind.ts';
import { systemDirectories } from './request.ts';

/**
 * Where binutils of the system look for plugins, as far as it is there. `nm` loads all of them each time it starts; where
 * LLVM is installed, its 110 MB come with it and a call takes seven times as long (measured: 210 ms instead of 31), once
 * for each object of a kernel. Kernels that GCC builds need none.
 */
export async function binutilsPlugins(): Promise<string[]> {
  const libraries = '/usr/lib';
  const names = await readdir(libraries).catch(() => []);
  const places = ['', ...names].map((name) => path.join(libraries, name, 'bfd-plugins'));
  const there = await Promise.all(places.map((place) => realpath(place).catch(() => undefined)));
  return [...new Set(there.filter((place) => place !== undefined))];
}

/** What a sandbox needs to see of a PATH. */
export interface ToolPath {
  /** The PATH without directories that the sandbox doesn't have. */
  readonly path: string;
  /** Directories outside the system's that hold tools. */
  readonly directories: readonly string[];
}

/**
 * Goes through a PATH: of what a user has added to the system's directories, those stay that hold one of the commands.
 * A compiler that was installed into a place of its own brings the whole place, for its libraries lie beside `bin`.
 */
export async function toolPath(searchPath: string, commands: readonly string[]): Promise<ToolPath> {
  const kept: string[] = [];
  const directories = new Set<string>();
  for (const directory of searchPath.split(path.delimiter)) {
    if (!path.isAbsolute(directory) || !(await exists(directory))) continue;
    const real = await realpath(directory);
    if (!systemDirectories.some((one) => real === one || real.startsWith(`${one}/`))) {
      if (real === '/' || real === homedir()) continue;
      if (!(await holdsOne(directory, commands))) continue;
      const parent = path.dirname(directory);
      directories.add((await exists(path.join(parent, 'lib/gcc'))) ? parent : directory);
    }
    kept.push(directory);
  }
  return { path: kept.join(path.delimiter), directories: [...directories] };
}

async function holdsOne(directory: string, commands: readonly string[]): Promise<boolean> {
  const found = await Promise.all(commands.map((command) => exists(path.join(directory, command))));
  return found.includes(true);
}
