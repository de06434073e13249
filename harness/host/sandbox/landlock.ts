import path from 'node:path';
import { hashValues } from '../files/hash.ts';
import { usedCache } from '../files/in-use.ts';
import { exists } from '../files/kind.ts';
import { readFiles } from '../files/list.ts';
import { withScratch } from '../files/scratch.ts';
import { movePath } from '../files/write.ts';
import { findCommand, versionLine } from '../make/toolchain.ts';
import { runProcess } from '../process.ts';
import { plainArguments, type SandboxRequest, systemDirectories, systemSettings } from './request.ts';

const sources = path.join(import.meta.dirname, '..', '..', '..', 'images', 'sandbox');
const compileMs = 60_000;

/** Devices without which hardly a program runs; none of them leads anywhere. */
const devices = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'];
/** What compilers and interpreters ask of the machine. Every other file of /proc could tell of other processes. */
const facts = ['/proc/cpuinfo', '/proc/meminfo', '/proc/loadavg', '/proc/sys/vm/overcommit_memory'];

/**
 * Our program that shuts a command in with Landlock, compiled by the machine's own compiler once for each state of its
 * sources and kept in the cache.
 *
 * @returns its absolute path, or why there is none
 */
export async function landlockHelper(): Promise<{ readonly file: string } | { readonly problem: string }> {
  const compiler = await findCommand('gcc');
  if (compiler === undefined) return { problem: 'there is no gcc, which compiles our sandbox (apt-get install gcc)' };
  const files = await readFiles(sources, (name) => /\.[ch]$/.test(name));
  const texts = files.map(({ path: name, data }) => [name, data.toString('latin1')]);
  const key = hashValues(texts, compiler, (await versionLine(compiler)) ?? null);
  const directory = path.join(usedCache(), 'sandbox');
  const file = path.join(directory, key.slice(0, 16));
  if (await exists(file)) return { file };
  return await withScratch({ purpose: 'compile', parent: directory }, async (scratch) => {
    const made = path.join(scratch, 'sandbox');
    const names = files.map(({ path: name }) => name).filter((name) => name.endsWith('.c'));
    const words = ['-std=gnu11', '-O2', '-Wall', '-Wextra', ...names.map((name) => path.join(sources, name))];
    const result = await runProcess({ argv: [compiler, ...words, '-o', made], timeoutMs: compileMs });
    if (result.exitCode !== 0) {
      const [first = 'it gave no reason'] = result.stderr.split('\n').filter((line) => line.includes('error'));
      return { problem: `${compiler} cannot compile our sandbox: ${first}` };
    }
    await movePath(made, file);
    return { file };
  });
}

/** What {@link landlockArguments} makes of a place: reading, writing, or both of a device. */
export function landlockMounts({ mounts }: Pick<SandboxRequest, 'mounts'>): string[] {
  return mounts.flatMap(({ from, writable }) => [writable ? '--write' : '--read', from]);
}

/** Programs do without it where it is not there, and end where it is and can't be opened. */
const needless = ['/etc/ssl/openssl.cnf'];

/** Words for what every command needs of the system. */
export function landlockSystem(directories: readonly string[]): string[] {
  return [
    ...[...directories, ...facts, ...needless].flatMap((place) => ['--try', place]),
    ...devices.flatMap((device) => ['--device', device]),
  ];
}

/**
 * The command in a sandbox of Landlock and seccomp: it sees everything under its own name, and opens what was named alone.
 *
 * @param helper absolute path of {@link landlockHelper}
 */
export function landlockArguments(helper: string, request: SandboxRequest): [string, ...string[]] {
  const { temporary, limits, env } = request;
  return [
    ...(['env', '-i', helper] as const),
    ...landlockSystem([...systemDirectories, ...systemSettings]),
    ...landlockMounts(request),
    ...(temporary === undefined ? [] : ['--write', temporary, '--temporary', temporary]),
    ...(limits === undefined ? [] : ['--processes', String(limits.processes)]),
    '--',
    // The kernel counts the processes of the user, not those of the sandbox: the helper adds what there are.
    ...plainArguments({
      ...request,
      ...(limits === undefined ? {} : { limits: { ...limits, processes: undefined } }),
      env: temporary === undefined ? env : { ...env, TMPDIR: temporary },
    }),
  ];
}
