import { spawnSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { prepareCache } from '../../../../harness/host/files/cache.ts';
import { scratchPrefix, sweep } from '../../../../harness/host/files/scratch.ts';
import { ensureDirectory, temporaryName } from '../../../../harness/host/files/write.ts';

async function parentOf(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'cache-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** As a program would have named it that has ended. */
function ofDeadProcess(file: string): string {
  const { pid } = spawnSync('true');
  return temporaryName(file).replace(`-${process.pid}.`, `-${pid}.`);
}

test('a cache is its owner’s alone, also one that was open before', async (t) => {
  const root = path.join(await parentOf(t), 'a', 'cache');
  await prepareCache(root);
  t.is((await lstat(root)).mode & 0o777, 0o700);
  await mkdir(path.join(root, 'store'));
  await chmod(root, 0o777);
  await prepareCache(root);
  t.is((await lstat(root)).mode & 0o777, 0o700);
});

test('a directory that holds other things keeps its mode', async (t) => {
  const root = await parentOf(t);
  await writeFile(path.join(root, 'thesis.tex'), '');
  await chmod(root, 0o755);
  await prepareCache(root);
  t.is((await lstat(root)).mode & 0o777, 0o755);
});

test('what killed programs were writing goes, what is being written stays', async (t) => {
  const root = await parentOf(t);
  const builds = path.join(root, 'store', 'build');
  await mkdir(builds, { recursive: true });
  const alive = temporaryName(path.join(builds, 'abc'));
  await mkdir(alive);
  await mkdir(ofDeadProcess(path.join(builds, 'abc')));
  await mkdir(path.join(root, 'images', 'snapshots'), { recursive: true });
  await writeFile(`${ofDeadProcess(path.join(root, 'images', 'snapshots', 'x.state'))}.memory`, '');
  await writeFile(ofDeadProcess(path.join(root, 'entry.json')), '');
  await prepareCache(root);
  t.deepEqual(await readdir(builds), [path.basename(alive)]);
  t.deepEqual(await readdir(path.join(root, 'images', 'snapshots')), []);
  t.deepEqual((await readdir(root)).sort(), ['images', 'locks', 'store']);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot('root leaves alone what another user’s program made, dead as it looks', async (t) => {
  const parent = await parentOf(t);
  const { pid: dead } = spawnSync('true');
  const scratch = path.join(parent, `${scratchPrefix('lint', dead)}abcdef`);
  const temporary = ofDeadProcess(path.join(parent, 'file'));
  for (const file of [scratch, temporary]) {
    await mkdir(file);
    await chown(file, 4242, 4242);
  }
  await sweep(parent);
  await prepareCache(parent);
  t.deepEqual((await readdir(parent)).sort(), [path.basename(temporary), path.basename(scratch), 'locks'].sort());
});

test('a directory that nobody can make is refused, not tried for ever', async (t) => {
  await t.throwsAsync(ensureDirectory('/proc/x/y'), { name: 'HostError', message: /cannot create \/proc\/x/ });
  await t.throwsAsync(ensureDirectory('/dev/null/x'), { name: 'HostError' });
});
