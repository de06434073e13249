import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../../../harness/model/index.ts';
import { moduleHash, relativeImports } from '../../../../harness/pipeline/suite/runner/module-hash.ts';

async function files(t: ExecutionContext, sources: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qb-hash-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  for (const [name, source] of Object.entries(sources)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), source);
  }
  return directory;
}

test('relative imports of every form are found', (t) => {
  t.deepEqual(
    relativeImports(`import a from './a.ts';
import { b,
  c } from "../b.js";
export * from './c';
import './d.ts';
const e = await import('./e.ts');
import x from 'quiltboot/suite';`),
    ['./a.ts', '../b.js', './c', './d.ts', './e.ts'],
  );
});

test('equal content has an equal hash wherever it lies; a change in a helper of a helper changes it', async (t) => {
  const sources = {
    's.ts': `import './lib/one.js';\n`,
    'lib/one.ts': `import './two';\nimport '../s.ts';\n`,
    'lib/two.ts': 'export const x = 1;\n',
    'other.ts': 'nobody imports this\n',
  };
  const hash = async (changes: Readonly<Record<string, string>>): Promise<string> =>
    moduleHash([path.join(await files(t, { ...sources, ...changes }), 's.ts')]);
  const first = await hash({});
  t.is(await hash({}), first);
  t.is(await hash({ 'other.ts': 'changed\n' }), first);
  t.not(await hash({ 'lib/two.ts': 'export const x = 2;\n' }), first);
  t.not(await hash({ 's.ts': '' }), first);
});

test("a suite file that is not there is the user's", async (t) => {
  await t.throwsAsync(moduleHash(['/nowhere/at/all.ts']), { instanceOf: UserError, message: /at\/all\.ts/ });
});
