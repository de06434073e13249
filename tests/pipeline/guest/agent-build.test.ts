import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { agentCompiler, nolibcCompiler } from '../../../harness/guest/image/nolibc-compiler.ts';
import { imageIndex } from '../../../harness/pipeline/guest/image.ts';
import { bootTargets } from '../../../harness/targets/index.ts';

const images = path.join(import.meta.dirname, '..', '..', '..', 'images');

/** Every guest gets a copy. The largest is that of ppc64le, with 21,080 bytes. */
const mostBytes = 22_528;

for (const target of bootTargets) {
  const compiler = `${target.crossCompile}gcc`;
  const there = spawnSync(compiler, ['--version']).status === 0;
  (there ? test : test.skip)(`the agent for ${target.name} compiles without a warning, static and small`, async (t) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'agent-'));
    try {
      const files = (await readdir(path.join(images, 'agent')))
        .filter((name) => name.endsWith('.c'))
        .map((name) => `agent/${name}`);
      const output = path.join(directory, 'agent');
      const [command, ...args] = agentCompiler(target, files, output);
      const result = spawnSync(command, [...args, '-Werror'], { encoding: 'utf8', cwd: images });
      t.is(result.stderr, '');
      t.is(result.status, 0);
      const { size } = await stat(output);
      t.true(size < mostBytes, `${size} bytes`);
      const headers = execFileSync('readelf', ['-lW', output], { encoding: 'utf8' });
      t.notRegex(headers, /INTERP|DYNAMIC/);
      t.regex(headers, /GNU_STACK.* RW /);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

for (const target of bootTargets) {
  const there = spawnSync(`${target.crossCompile}gcc`, ['--version']).status === 0;
  (there ? test : test.skip)(
    `a program for ${target.name} needs no C library, and no warning comes from ours`,
    async (t) => {
      const directory = await mkdtemp(path.join(os.tmpdir(), 'nolibc-'));
      t.teardown(() => rm(directory, { recursive: true, force: true }));
      const source = path.join(directory, 'reel.c');
      await writeFile(
        source,
        '#include "sys.h"\nint main(int argc, char **argv) { return argv[argc - 1][0] + (int)sys0(getpid); }\n',
      );
      const request = { target, sources: [source], flags: ['-Werror'], output: path.join(directory, 'reel') };
      const [command, ...args] = nolibcCompiler(request, path.join(images, 'nolibc'));
      const result = spawnSync(command, args, { encoding: 'utf8', cwd: directory });
      t.is(result.stderr, '');
      t.true((await stat(request.output)).size < 4096);
    },
  );
}

test('the image of a guest is named by the sources that come with the program, whatever lies in the cache', async (t) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'images-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const target = bootTargets.find(({ crossCompile }) => crossCompile === '');
  if (!target) throw new Error('no target of this host');
  const before = await imageIndex({ target }, directory);
  await mkdir(path.join(directory, 'agent'));
  await writeFile(path.join(directory, 'agent', 'agent.c'), 'int other;');
  t.is(await imageIndex({ target }, directory), before);
});
