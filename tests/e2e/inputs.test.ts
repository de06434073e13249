/** Inputs that move between two runs: they are named, and a lock file keeps them. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { changeSched, fakeProject, latestRun, mail, type Place, schedLine } from '../support/program.ts';

const first = mail('say more', changeSched(schedLine, 'say("log sched: set");'));

async function append(place: Place, file: string, text: string): Promise<void> {
  const whole = path.join(place.directory, file);
  await writeFile(whole, `${await readFile(whole, 'utf8')}${text}`);
}

async function passes(t: ExecutionContext, place: Place, ...words: string[]): Promise<string> {
  const { code, out, err } = await place.run(...words);
  t.is(code, 0, err);
  return `${out}\n${err}`;
}

test('a run names the inputs that changed since the last one, and only then', async (t) => {
  const place = await fakeProject(t, { 'one.patch': first });
  t.notRegex(await passes(t, place, 'apply'), /changed since/);
  t.notRegex(await passes(t, place, 'apply'), /changed since/);
  const { id } = await latestRun(place);

  await append(place, 'linux/Makefile', '# newer\n');
  await append(place, 'base.config', 'CONFIG_PANIC=y\n');
  const said = await passes(t, place, 'apply');
  t.regex(
    said,
    new RegExp(`changed since the run ${id}: tree \\S*linux tree [0-9a-f]{40} → \\S*linux tree [0-9a-f]{40}`),
  );
  t.regex(said, /; Kconfig fragments of x86_64$/m);
  t.true((await latestRun(place)).notes.some((note) => note.startsWith('changed since the run ')));

  await place.write('patches/two.patch', mail('say less', changeSched('say("log sched: set");', schedLine)));
  await append(place, 'patches/series', 'two.patch\n');
  t.regex(await passes(t, place, 'apply'), /changed since the run \S+: patch added: two\.patch$/m);
  t.notRegex(await passes(t, place, 'apply'), /changed since/);
});

test('with --locked a directory has to be what the lock file says', async (t) => {
  const place = await fakeProject(t, { 'one.patch': first });
  const none = await place.run('--locked', 'apply');
  t.is(none.code, 2);
  t.regex(none.err, /--locked: there is no .*quiltboot\.lock .*\n.*quiltboot lock mini/);

  t.regex(await passes(t, place, 'lock'), /^mini: .*linux tree [0-9a-f]{40}$/m);
  await passes(t, place, '--locked', 'apply');
  await append(place, 'linux/Makefile', '# newer\n');
  const refused = await place.run('--locked', 'apply');
  t.is(refused.code, 2);
  t.regex(
    refused.err,
    /tree mini differs from quiltboot\.lock: locked is .*linux tree [0-9a-f]{40}, but its source is .*linux tree [0-9a-f]{40} now/,
  );
  t.regex(refused.err, /accept the change with: quiltboot lock/);
  await passes(t, place, 'apply');

  t.regex(await passes(t, place, 'lock'), /, before: .*linux tree [0-9a-f]{40}$/m);
  await passes(t, place, '--locked', 'apply');
});

test('with --locked a branch stays at its commit, and a changed recipe is refused', async (t) => {
  const place = await fakeProject(t, { 'one.patch': first });
  const git = async (...words: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=A Hacker', '-c', 'user.email=hacker@example.org'];
    const { stdout } = await execa('git', ['-C', 'linux', ...identity, ...words], {
      cwd: place.directory,
      env: { GIT_CONFIG_GLOBAL: '/dev/null' },
    });
    return stdout;
  };
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'one');
  const commit = await git('rev-parse', 'HEAD');
  const file = path.join(place.directory, 'quiltboot.yaml');
  const project = (await readFile(file, 'utf8')).replace('directory: linux,', 'git: {url: linux, ref: main},');
  await writeFile(file, project);
  await passes(t, place, 'lock');
  await append(place, 'linux/Makefile', '# newer\n');
  await git('commit', '-q', '-a', '-m', 'two');

  await passes(t, place, '--locked', 'apply');
  t.true((await latestRun(place)).tree.resolved.includes(commit));
  await passes(t, place, 'apply');
  t.false((await latestRun(place)).tree.resolved.includes(commit));

  await place.write('own/series', 'own.patch\n');
  await place.write('own/own.patch', first);
  await writeFile(file, project.replace('git: {', 'queue: own, git: {'));
  const refused = await place.run('--locked', 'apply');
  t.is(refused.code, 2);
  t.regex(refused.err, /its source is the locked one .*, but its patches, quilt layer, queue or fuzz have changed/);
});

test('a lock file that lacks the tree, or is none, is a mistake with the cure', async (t) => {
  const place = await fakeProject(t, { 'one.patch': first });
  await place.write('quiltboot.lock', '{"version": 1, "trees": {}}\n');
  t.regex((await place.run('--locked', 'apply')).err, /quiltboot\.lock has no tree mini/);
  for (const text of ['{"version": 2, "trees": {}}', '{', '{"version": 1, "trees": {"mini": {}}}']) {
    await place.write('quiltboot.lock', text);
    const { code, err } = await place.run('--locked', 'apply');
    t.is(code, 2, text);
    t.regex(err, /quiltboot\.lock is not a lock file of this version of quiltboot/);
  }
});
