import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { chooseFaults, faultPatch, readFaults } from '../../../scripts/mutations/faults.ts';

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

test('a fault becomes a patch of its file', async (t) => {
  const directory = await place(t, { 'list.yaml': good, 'kernel/a.c': 'void f(void)\n{\n\tget(x);\n\tput(x);\n}\n' });
  const list = await readFaults(path.join(directory, 'list.yaml'));
  const [fault] = chooseFaults(list, []);
  if (fault === undefined) throw new Error('no fault');
  const patch = await faultPatch(fault, directory);
  t.regex(patch, /^Subject: nothing is put\n\ndiff --git a\/kernel\/a\.c b\/kernel\/a\.c\n--- a\/kernel\/a\.c\n/);
  t.regex(patch, /^-\tput\(x\);$/m);
  t.notRegex(patch, /^[-+]\tget/m);
  t.regex(await readFile(path.join(directory, 'kernel/a.c'), 'utf8'), /put/, 'the tree itself stays as it is');
});

test('text that is missing, or there twice, is a mistake of the list', async (t) => {
  for (const [text, times] of [
    ['{\n}\n', 0],
    ['\tput(x);\n\tput(x);\n', 2],
  ] as const) {
    const directory = await place(t, { 'list.yaml': good, 'kernel/a.c': text });
    const [fault] = (await readFaults(path.join(directory, 'list.yaml'))).faults;
    if (fault === undefined) throw new Error('no fault');
    await t.throwsAsync(faultPatch(fault, directory), {
      instanceOf: UserError,
      message: new RegExp(`lost-put: kernel/a\\.c has the text to replace ${times} times`),
    });
  }
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
  const list = await readFaults(path.join(directory, 'list.yaml'));
  t.deepEqual(chooseFaults(list, ['lost-put']), list.faults);
  t.throws(() => chooseFaults(list, ['lost']), { instanceOf: UserError, message: /no fault lost/ });
});

test('a fault that needs a configuration is left out without it, and refused where it is named', async (t) => {
  const directory = await place(t, { 'list.yaml': `${good.trimEnd()}\n    config: wide\n` });
  const list = await readFaults(path.join(directory, 'list.yaml'));
  t.deepEqual(chooseFaults(list, []), []);
  t.deepEqual(chooseFaults(list, [], 'wide'), list.faults);
  t.deepEqual(chooseFaults(list, ['lost-put'], 'wide'), list.faults);
  t.throws(() => chooseFaults(list, ['lost-put']), {
    instanceOf: UserError,
    message: /without the configuration wide/,
  });
});

test('the faults of the container series are in order', async (t) => {
  const { faults } = await readFaults(path.resolve(import.meta.dirname, '../../mutations/container-6.1.yaml'));
  t.true(faults.length >= 25);
});
