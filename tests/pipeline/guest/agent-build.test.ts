import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { agentCompiler } from '../../../harness/guest/image/agent-build.ts';
import { targets } from '../../../harness/targets/index.ts';

const sources = path.join(import.meta.dirname, '..', '..', '..', 'images', 'agent');

/** Every guest gets a copy. The largest is that of arm64, with 25,856 bytes. */
const mostBytes = 28_672;

for (const target of targets) {
  const compiler = `${target.crossCompile}gcc`;
  const there = spawnSync(compiler, ['--version']).status === 0;
  (there ? test : test.skip)(`the agent for ${target.name} compiles without a warning, static and small`, async (t) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'agent-'));
    try {
      const files = (await readdir(sources))
        .filter((name) => name.endsWith('.c'))
        .map((name) => path.join(sources, name));
      const output = path.join(directory, 'agent');
      const [command, ...args] = agentCompiler(target, files, output);
      const result = spawnSync(command, [...args, '-Werror'], { encoding: 'utf8' });
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
