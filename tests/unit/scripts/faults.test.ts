import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { chooseFaults, readFaults, readPatchFaults } from '../../../scripts/mutations/faults.ts';
import { stepPatch, writeQueue } from '../../../scripts/mutations/queue.ts';

const good = `series: mine
tree: linux
faults:
  - name: lost-put
    does: nothing is put
    file: kernel/a.c
    replace: |
      	put(x);
    with: ''
    suites: [tasks]
`;

async function place(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-faults-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
  return directory;
}

const reading =
  (files: Readonly<Record<string, string>>) =>
  (file: string): Promise<string | undefined> =>
    Promise.resolve(files[file]);

test('a fault of a list says what its file becomes', async (t) => {
  const directory = await place(t, { 'list.yaml': good });
  const [fault] = (await readFaults(path.join(directory, 'list.yaml'))).faults;
  const texts = await fault?.change(reading({ 'kernel/a.c': 'void f(void)\n{\n\tget(x);\n\tput(x);\n}\n' }));
  t.deepEqual([...(texts ?? [])], [['kernel/a.c', 'void f(void)\n{\n\tget(x);\n}\n']]);
});

test('text that is missing, or there twice, is a mistake of the list', async (t) => {
  const directory = await place(t, { 'list.yaml': good });
  const [fault] = (await readFaults(path.join(directory, 'list.yaml'))).faults;
  for (const [text, message] of [
    ['{\n}\n', /lost-put: kernel\/a\.c has the text to replace 0 times/],
    ['\tput(x);\n\tput(x);\n', /lost-put: kernel\/a\.c has the text to replace 2 times/],
    [undefined, /lost-put: the tree has no file kernel\/a\.c/],
  ] as const) {
    const read = reading(text === undefined ? {} : { 'kernel/a.c': text });
    await t.throwsAsync(async () => await fault?.change(read), { instanceOf: UserError, message });
  }
});

test('patches of somebody else are faults of their own, and one that does not apply is a mistake', async (t) => {
  const diff = '--- a/kernel/a.c\n+++ b/kernel/a.c\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n-- \n2.39.5\n';
  const directory = await place(t, {
    'shout.patch': `From: A <a@b.c>\nSubject: [PATCH] shout\n\n---\n${diff}`,
    README: '',
  });
  const faults = await readPatchFaults(directory);
  t.deepEqual(
    faults.map(({ name, does }) => [name, does]),
    [['shout', 'shout']],
  );
  const texts = await faults[0]?.change(reading({ 'kernel/a.c': 'one\ntwo\nthree\n' }));
  t.is(texts?.get('kernel/a.c'), 'one\nTWO\nthree\n');
  const other = reading({ 'kernel/a.c': 'nothing\nof it\n' });
  await t.throwsAsync(async () => await faults[0]?.change(other), {
    message: /its patch does not apply to kernel\/a\.c/,
  });
  await t.throwsAsync(readPatchFaults(await place(t, {})), { message: /no file that ends in \.patch/ });
});

test('a step from one fault to the next undoes the first', async (t) => {
  const read = reading({ 'a.c': 'one\ntwo\n', 'b.c': 'red\n' });
  const patch = await stepPatch('blue', new Map([['a.c', 'one\n2\n']]), new Map([['b.c', 'blue\n']]), read);
  t.regex(patch, /^-2\n\+two$/m);
  t.regex(patch, /^-red\n\+blue$/m);
  const directory = await place(t, {});
  const fault = { name: 'x', does: 'x', suites: [], change: () => Promise.resolve(new Map([['b.c', 'blue\n']])) };
  await writeQueue({ patches: [] } as never, path.join(directory, 'queue'), [fault, fault], read);
  t.is(await readFile(path.join(directory, 'queue/series'), 'utf8'), 'fault-0001.patch\nfault-0002.patch\n');
});

test('a list with a mistake is refused', async (t) => {
  for (const [text, message] of [
    [good.replace('does:', 'dose:'), /dose/],
    [`${good}${good.slice(good.indexOf('  - name'))}`, /named lost-put/],
  ] as const) {
    const directory = await place(t, { 'list.yaml': text });
    await t.throwsAsync(readFaults(path.join(directory, 'list.yaml')), { instanceOf: UserError, message });
  }
});

test('an unknown fault is refused by name', async (t) => {
  const directory = await place(t, { 'list.yaml': good });
  const { faults: list } = await readFaults(path.join(directory, 'list.yaml'));
  t.deepEqual(chooseFaults(list, ['lost-put']), list);
  t.throws(() => chooseFaults(list, ['lost']), { instanceOf: UserError, message: /no fault lost/ });
});

test('a fault that needs a configuration is left out without it, and refused where it is named', async (t) => {
  const directory = await place(t, { 'list.yaml': `${good.trimEnd()}\n    config: wide\n` });
  const { faults: list } = await readFaults(path.join(directory, 'list.yaml'));
  t.deepEqual(chooseFaults(list, []), []);
  t.deepEqual(chooseFaults(list, [], 'wide'), list);
  t.deepEqual(chooseFaults(list, ['lost-put'], 'wide'), list);
  t.throws(() => chooseFaults(list, ['lost-put']), {
    instanceOf: UserError,
    message: /without the configuration wide/,
  });
});

test('the faults of the container series are in order', async (t) => {
  const { faults } = await readFaults(path.resolve(import.meta.dirname, '../../mutations/container-6.1.yaml'));
  t.true(faults.length >= 25);
});
