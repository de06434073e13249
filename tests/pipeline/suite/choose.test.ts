import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Series, UserError } from '../../../harness/model/index.ts';
import { chooseSuites } from '../../../harness/pipeline/suite/choose.ts';
import { runnerOf } from '../../../harness/pipeline/suite/runner/index.ts';
import { parseProject } from '../../../harness/project/index.ts';

async function directoryWith(t: ExecutionContext, ...files: readonly string[]): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qb-choose-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  for (const file of files) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), '');
  }
  return directory;
}

const project = parseProject(
  'version: 1\ndefaults: {series: none, tree: t, targets: [x86_64]}\ntrees: {t: {base: "1", directory: .}}\n',
  '/p/quiltboot.yaml',
);

const series = (suites: readonly string[], dialect?: string): Series => ({
  name: 'mine',
  patches: [],
  fragments: [],
  features: {},
  suites,
  ...(dialect === undefined ? {} : { dialect, dialectLocation: { file: '/p/quiltboot.yaml', line: 7, column: 14 } }),
});

test('the dialects of a directory are no suites of it', async (t) => {
  const directory = await directoryWith(t, 'one.ts', 'two.ts', 'dialects/index.ts', 'dialects/old.ts');
  const files = await chooseSuites(undefined, series([directory], 'old'), project);
  t.deepEqual(files, [path.join(directory, 'one.ts'), path.join(directory, 'two.ts')]);
});

test('an unknown dialect is refused with its place and the nearest that the suites bring', async (t) => {
  const directory = await directoryWith(t, 'one.ts', 'dialects/index.ts', 'dialects/modern.ts');
  const error = await t.throwsAsync(chooseSuites(undefined, series([directory], 'modren'), project), {
    instanceOf: UserError,
    message: /no dialect "modren"/,
  });
  t.regex(error.hint ?? '', /did you mean modern\?/);
  t.like(error.location, { line: 7, column: 14 });
  const index = await t.throwsAsync(chooseSuites(undefined, series([directory], 'index'), project));
  t.regex(index.message, /no dialect "index"/);
});

test('a dialect of suites that bring none is refused, but suites of others may be run with it', async (t) => {
  const directory = await directoryWith(t, 'plain/one.ts');
  const plain = path.join(directory, 'plain');
  await t.throwsAsync(chooseSuites(undefined, series([plain], 'modern'), project), {
    instanceOf: UserError,
    message: /no dialect "modern"/,
  });
  t.deepEqual(await chooseSuites([plain], series([], 'modern'), project), [path.join(plain, 'one.ts')]);
});

test('a suite that is not there, and a file that no runner takes, are mistakes', async (t) => {
  const directory = await directoryWith(t, 'notes.md');
  for (const suite of ['nowhere', 'notes.md']) {
    await t.throwsAsync(chooseSuites(undefined, series([path.join(directory, suite)]), project), {
      instanceOf: UserError,
    });
  }
  t.throws(() => runnerOf('/a/notes.md'), { instanceOf: UserError, message: /no runner takes the suite notes\.md/ });
});
