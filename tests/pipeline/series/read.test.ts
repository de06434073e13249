import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { readSeries } from '../../../harness/pipeline/series/read.ts';
import { diffOf, forkChange, mail, queue, schedChange, spec, workshop } from '../../support/trees.ts';

test('a queue with mails, a bare diff, a new file and a rename', async (t) => {
  const shop = await workshop(t);
  const added =
    'diff --git a/kernel/new.c b/kernel/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/kernel/new.c\n@@ -0,0 +1 @@\n+x\n';
  const renamed = 'diff --git a/dos.txt b/unix.txt\nsimilarity index 100%\nrename from dos.txt\nrename to unix.txt\n';
  const directory = await queue(shop, 'q', {
    'one.patch': mail('fork: make it ten', diffOf(forkChange, schedChange) + added),
    'sub/two.diff': renamed,
  });
  const series = await readSeries(
    spec(directory, {
      fragments: [{ path: '/f/base' }, { path: '/f/late', from: 'sub/two.diff' }],
      features: { ten: { patch: 'one.patch' } },
    }),
  );
  const [one, two] = series.patches;
  t.like(one, {
    index: 1,
    name: 'one.patch',
    subject: 'fork: make it ten',
    author: { name: 'Jörg Tester', email: 'joerg@example.org' },
    date: 'Mon, 1 Jan 2024 10:00:00 +0100',
    files: ['kernel/fork.c', 'kernel/new.c', 'kernel/sched.c'],
  });
  t.regex(one?.hash ?? '', /^[0-9a-f]{64}$/);
  t.like(two, { index: 2, subject: 'two', files: ['dos.txt', 'unix.txt'] });
  t.false('date' in (two ?? {}));
  t.deepEqual(series.fragments, [
    { path: '/f/base', from: 0 },
    { path: '/f/late', from: 2 },
  ]);
  t.deepEqual(series.features, { ten: 1 });
});

test('without a directory there are no patches, and features are those of the tree itself', async (t) => {
  const series = await readSeries(spec(undefined, { features: { ten: { patch: 'base' } } }));
  t.deepEqual(series.patches, []);
  t.deepEqual(series.features, { ten: 0 });
  await t.throwsAsync(readSeries(spec(undefined, { features: { ten: { patch: 'one.patch' } } })), {
    instanceOf: UserError,
    message: /feature ten .* names the patch one\.patch/,
  });
});

test('no directory is the empty series', async (t) => {
  t.deepEqual((await readSeries(spec(undefined))).patches, []);
});

interface Bad {
  readonly what: string;
  readonly patches?: Readonly<Record<string, string>>;
  readonly series?: string;
  readonly more?: Parameters<typeof spec>[1];
  readonly message: RegExp;
  readonly hint?: RegExp;
  readonly file?: RegExp;
  readonly line?: number;
}

const good = { 'one.patch': mail('one', diffOf(forkChange)) };
const location = { file: 'quiltboot.yaml', line: 12, column: 5 };

/** A diff that creates a file of any name. */
const create = (name: string): string =>
  `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+x\n`;

const bad: readonly Bad[] = [
  {
    what: 'a missing series file',
    patches: {},
    message: /has no series file: expected .*\/q\/series/,
    hint: /quilt queue/,
  },
  { what: 'an empty series file', series: '# none\n', message: /names no patch/, file: /q\/series$/ },
  {
    what: 'a patch that is not there',
    patches: good,
    series: 'one.patch\none.pacth\n',
    message: /one\.pacth is listed in the series but missing from/,
    hint: /did you mean one\.patch/,
    file: /q\/series$/,
    line: 2,
  },
  {
    what: 'a patch without a diff',
    patches: { 'a.patch': mail('a', '') },
    message: /no diff in it/,
    file: /a\.patch$/,
  },
  { what: 'an empty patch file', patches: { 'a.patch': '' }, message: /no diff in it/, file: /a\.patch$/ },
  {
    what: 'a patch with Windows line ends',
    patches: { 'a.patch': mail('a', diffOf(forkChange)).replaceAll('\n', '\r\n') },
    message: /Windows line ends/,
    hint: /sed -i/,
    file: /a\.patch$/,
  },
  {
    what: 'a patch that a mail program wrapped',
    patches: { 'a.patch': mail('a', diffOf(forkChange).replace(' fork 8\n', ' for\nk 8\n')) },
    message: /git cannot read the patch: corrupt patch/,
    file: /a\.patch$/,
  },
  {
    what: 'a path above the tree',
    patches: { 'a.patch': create('../../x') },
    message: /touches \.\.\/\.\.\/x, which leads out/,
  },
  {
    what: 'an absolute path',
    patches: { 'a.patch': '--- a//etc/x\n+++ b//etc/x\n@@ -1 +1 @@\n-a\n+b\n' },
    message: /which is (absolute|not a plain path)/,
  },
  {
    what: 'a path in .git',
    patches: { 'a.patch': create('.git/hooks/post-checkout') },
    message: /inside of a \.git directory/,
  },
  {
    what: 'a rename out of the tree',
    patches: { 'a.patch': 'diff --git a/dos.txt b/../x\nsimilarity index 100%\nrename from dos.txt\nrename to ../x\n' },
    message: /touches \.\.\/x/,
  },
  {
    what: 'a link out of the tree',
    patches: {
      'a.patch':
        'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+../../home\n\\ No newline at end of file\n',
    },
    message: /makes l a symbolic link to \.\.\/\.\.\/home/,
  },
  {
    what: 'a feature of an unknown patch',
    patches: good,
    more: { features: { x: { patch: 'on.patch', location } } },
    message: /feature x of series mini names the patch on\.patch/,
    hint: /did you mean one\.patch/,
    file: /^quiltboot\.yaml$/,
    line: 12,
  },
  {
    what: 'a fragment from an unknown patch',
    patches: good,
    more: { fragments: [{ path: '/f/x.config', from: 'zzzzzzzzzz', location }] },
    message: /fragment \/f\/x\.config of series mini names the patch zzzzzzzzzz/,
    hint: /known: one\.patch/,
    line: 12,
  },
];

for (const { what, patches, series, more, message, hint, file, line } of bad) {
  test(`${what} is refused with its place`, async (t) => {
    const shop = await workshop(t);
    const directory = shop.at('q');
    if (patches !== undefined && Object.keys(patches).length > 0) await queue(shop, 'q', patches);
    if (series !== undefined) await shop.write('q/series', series);
    const error = await t.throwsAsync(readSeries(spec(directory, more)), { instanceOf: UserError, message });
    if (hint !== undefined) t.regex(error.hint ?? '', hint);
    if (file !== undefined) t.regex(error.location?.file ?? '', file);
    if (line !== undefined) t.is(error.location?.line, line);
  });
}
