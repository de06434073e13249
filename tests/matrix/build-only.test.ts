/** What nothing boots, and what another compiler makes of the kernel: the base of 6.1, once for each of them. */
import { spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { canBoot } from '../../harness/model/index.ts';
import { targets } from '../../harness/targets/index.ts';
import { needing } from '../support/needing.ts';
import { passes, projectPlace } from '../support/series-run.ts';

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

/** Word size and byte order of an ELF file, as its header has them. */
async function headerOf(file: string): Promise<{ bits: number; endian: string }> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0);
    return { bits: buffer[4] === 2 ? 64 : 32, endian: buffer[5] === 2 ? 'big' : 'little' };
  } finally {
    await handle.close();
  }
}

for (const { name, crossPrefix, bits, endian } of targets.filter((target) => !canBoot(target))) {
  const compiler = `${crossPrefix}gcc`;
  needing(
    compiler,
    has(compiler),
    test.serial,
  )(`a real kernel is built for ${name}, of its byte order`, async (t) => {
    const { place, out } = await projectPlace(t);
    const words = ['--tree', 'linux-6.1', '--target', name, '--out', out];
    const { code, out: report, err } = await place.run('build', 'none', ...words);
    t.is(code, 0, report + err);
    const image = /^kernel of point 0 for \S+, .*: (\S+)$/m.exec(err)?.[1] ?? '';
    t.deepEqual(await headerOf(path.join(path.dirname(image), 'vmlinux')), { bits, endian });
  });
}

const clang = has('clang-14') && has('ld.lld-14') && has('llvm-ar-14');

needing(
  'clang-14, lld-14 and llvm-14',
  clang,
  test.serial,
)('gcc and clang build a kernel each', async (t) => {
  const words = ['--tree', 'linux-6.1', '--target', 'x86_64', '--toolchain', 'gcc,clang-14'];
  const run = await passes(t, await projectPlace(t), 'build', 'none', ...words);
  t.deepEqual(run.targets, ['x86_64/gcc', 'x86_64/clang-14']);
  t.is(new Set(run.cells.map(({ imageHash }) => imageHash)).size, 2);
});
