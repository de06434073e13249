import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { excerptOf } from '../../../harness/guest/log/index.ts';
import type { Splat } from '../../../harness/model/index.ts';
import { symbolise } from '../../../harness/pipeline/guest/symbolise.ts';
import { bootTargets } from '../../../harness/targets/index.ts';
import { smallProgram, smallProgramFlags } from '../../support/small-program.ts';

for (const target of bootTargets) {
  const compiler = `${target.crossCompile}gcc`;
  const there = spawnSync(compiler, ['--version']).status === 0;
  (there ? test : test.skip)(`${target.name}: frames get files, lines and inlined functions`, async (t) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'symbolise-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    await mkdir(path.join(directory, 'kernel'));
    await writeFile(path.join(directory, 'kernel', 'small.c'), smallProgram);
    const flags = [...target.guestCompilerFlags, ...smallProgramFlags];
    execFileSync(compiler, [...flags, 'kernel/small.c', '-o', 'vmlinux'], { cwd: directory });
    const map = execFileSync(`${target.crossCompile}nm`, ['-n', 'vmlinux'], { cwd: directory, encoding: 'utf8' });
    const systemMap = path.join(directory, 'System.map');
    await writeFile(systemMap, map);
    const listing = execFileSync(`${target.crossCompile}nm`, ['-S', 'vmlinux'], { cwd: directory, encoding: 'utf8' });
    const size = Number.parseInt(/^\S+ ([0-9a-f]+) T outer$/m.exec(listing)?.[1] ?? '0', 16);
    const splat: Splat = {
      family: 'oops',
      severity: 'fatal',
      title: 'oops in outer',
      excerpt: ['Oops: 0000 [#1]'],
      trace: [
        { function: 'outer', offset: 0, size, instruction: true },
        { function: 'nowhere', offset: 4, size: 16 },
      ],
    };
    const kernel = { vmlinux: path.join(directory, 'vmlinux'), systemMap };
    const [placed] = await symbolise([splat], kernel, target);
    const [outer, nowhere] = placed?.trace ?? [];
    // The first instruction belongs to the function's head or already to what was put into it.
    t.regex(outer?.place ?? '', /^kernel\/small\.c:(?:8|9)$/);
    t.is(nowhere?.place, undefined);
    const all = Array.from({ length: size }, (_, offset) => ({
      function: 'outer',
      offset,
      size,
      instruction: true as const,
    }));
    const [every] = await symbolise([{ ...splat, trace: all }], kernel, target);
    const inlined = every?.trace?.find((frame) => frame.inlined !== undefined);
    t.like(inlined?.inlined?.[0], { function: 'inner' });
    t.regex(inlined?.inlined?.[0]?.place ?? '', /^kernel\/small\.c:[45]$/);
    t.is(inlined?.place, 'kernel/small.c:9', 'the line from which it would have been called');
    t.regex(excerptOf(placed ?? splat).join('\n'), /^ {2}outer\+0x0 \(kernel\/small\.c:\d\)$/m);
    t.deepEqual(await symbolise([splat], { systemMap }, target), [splat], 'without a vmlinux nothing is added');
    const broken = { vmlinux: '/nowhere/vmlinux', systemMap };
    t.deepEqual(await symbolise([splat], broken, target), [splat], 'and nothing fails');
  });
}
