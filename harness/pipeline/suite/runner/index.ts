import path from 'node:path';
import { hashValues } from '../../../host/files/hash.ts';
import { UserError } from '../../../model/index.ts';
import { ava } from './ava.ts';
import { kselftest } from './kselftest.ts';
import { kunit } from './kunit.ts';
import { program } from './program.ts';
import type { Runner } from './runner.ts';

/** Every way to run suites; the first one that takes a file runs it. */
const runners: readonly Runner[] = [program, kunit, kselftest, ava];

/** The suite files that a word means to any runner, sorted. */
export async function listSuites(word: string): Promise<string[]> {
  const found = await Promise.all(runners.map((runner) => runner.list(word)));
  return [...new Set(found.flat())].sort();
}

/** Suites by the runner that takes them, in the order of the table. Throws UserError for one that none takes. */
export function byRunner<T extends { readonly file: string }>(suites: readonly T[]): Map<Runner, T[]> {
  const groups = new Map<Runner, T[]>();
  for (const suite of suites) {
    const runner = runnerOf(suite.file);
    groups.set(runner, [...(groups.get(runner) ?? []), suite]);
  }
  return groups;
}

export function runnerOf(file: string): Runner {
  const runner = runners.find((one) => one.takes(file));
  if (runner) return runner;
  const names = runners.map(({ name }) => name).join(', ');
  throw new UserError(`no runner takes the suite ${path.basename(file)}`, {
    code: 'QB-PATH',
    hint: `there are: ${names}`,
  });
}

/** Hash of suite files and of the modules of their dialects, in hex; see {@link Runner.hash}. */
export async function suiteHash(files: readonly string[], dialects: readonly string[] = []): Promise<string> {
  const groups = byRunner(files.map((file) => ({ file })));
  const hashes: string[] = [];
  for (const [runner, group] of groups) hashes.push(await runner.hash([...group.map(({ file }) => file), ...dialects]));
  return hashes.length === 1 && hashes[0] !== undefined ? hashes[0] : hashValues(...hashes);
}
