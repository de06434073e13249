import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { changeSched, fakeProject, mail, type Place, schedLine } from '../support/program.ts';

const patches = { 'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')) };

/** A project beside a directory and a link that leads to itself. */
async function place(t: ExecutionContext): Promise<Place> {
  const made = await fakeProject(t, patches);
  await mkdir(path.join(made.directory, 'folder'));
  await symlink('loop.config', path.join(made.directory, 'loop.config'));
  return made;
}

/** What is named, and what the user is told of it. */
const mistakes: readonly [string, readonly string[], RegExp][] = [
  [
    'a project file that is a directory',
    ['--project', 'folder', 'apply'],
    /folder is a directory, expected a project file/,
  ],
  [
    'a kernel that is a directory',
    ['test', 'none', '--kernel', 'folder', '--target', 'x86_64', '--suite', 'kunit:reel'],
    /is a directory, expected a kernel image/,
  ],
  [
    'a kernel to boot that is a directory',
    ['boot', '--kernel', 'folder', '--target', 'x86_64'],
    /is a directory, expected a kernel image/,
  ],
  [
    'options that are a directory',
    ['bisect', 'none', '--options', 'folder', '--boot'],
    /is a directory, expected a kconfig fragment/,
  ],
  ['results in /proc', ['configure', 'none', '--out', '/proc/x'], /cannot write .*\/proc\/x: that place holds no new/],
  ['a cache that is a device', ['apply', '--cache', '/dev/null'], /null is a device, expected a cache directory/],
  ['a report in /proc', ['apply', '--format', 'json=/proc/x/report.json'], /cannot write .*report\.json/],
  ['a tarball that is a directory', ['apply', '--tree', 'mini=tar:folder'], /is a directory, expected a file/],
];

for (const [what, words, expected] of mistakes) {
  test(`${what} is the user's mistake`, async (t) => {
    const made = await place(t);
    const { code, err } = await made.run(...words);
    t.regex(err, expected);
    t.is(code, 2, err);
    t.notRegex(err, /internal error|^\s+at /m);
    t.false((await readdir(made.directory)).includes('.quiltboot'), 'nothing was begun');
  });
}

test('a fragment that is a loop of links has its place in the project file', async (t) => {
  const made = await place(t);
  await made.write(
    'quiltboot.yaml',
    'version: 1\ndefaults: {series: none, tree: mini, targets: [x86_64]}\ntrees:\n  mini: {base: "6.1", directory: linux, fragments: [loop.config]}\n',
  );
  const { code, err } = await made.run('configure', 'none', '--points', '0');
  t.regex(err, /quiltboot\.yaml:4:3: cannot read the kconfig fragment .*loop\.config: its symbolic links form a loop/);
  t.is(code, 2, err);
});
