import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { harmless, panic, stored, type World, world } from '../support/bisect-world.ts';
import { detail } from '../support/detail.ts';
import { fakeProject, mail, withFakeQemu } from '../support/program.ts';

/** A patch that puts a line behind another one of a file in which every line is far from the others. */
function spread(number: number, line: string): string {
  const around = (from: number): string[] => Array.from({ length: 3 }, (_, at) => ` /* ${from + at} */`);
  const first = number * 10;
  const diff = [
    'diff --git a/kernel/late.c b/kernel/late.c',
    '--- a/kernel/late.c',
    '+++ b/kernel/late.c',
    `@@ -${first},6 +${first},7 @@`,
    ...around(first - 4),
    `+${line}`,
    ...around(first - 1),
    '',
  ];
  return mail(`change ${number}`, diff.join('\n'));
}

async function spreadWorld(t: ExecutionContext, lines: readonly string[]): Promise<World> {
  t.timeout(600_000);
  const patches = Object.fromEntries(lines.map((line, index) => [`p${index + 1}.patch`, spread(index + 1, line)]));
  const place = await fakeProject(t, patches);
  const file = path.join(place.directory, 'linux/kernel/late.c');
  const [head = '', ...rest] = (await readFile(file, 'utf8')).split('say("agent");');
  const filler = Array.from({ length: 100 }, (_, at) => `/* ${at} */`).join('\n');
  await writeFile(file, [`${head}${filler}\n`, ...rest].join('say("agent");'));
  // Each line keeps its number, whatever was put in front of it.
  for (const [index] of lines.entries()) {
    const name = `p${index + 1}.patch`;
    const at = (index + 1) * 10;
    await place.write(`patches/${name}`, (patches[name] ?? '').replace(`+${at},7`, `+${at + index},7`));
  }
  return withFakeQemu(t, place);
}

test('a culprit is doubted: the rest has to be good without it', async (t) => {
  const { place } = await spreadWorld(t, [
    'say("log change 1");',
    panic,
    'say("log change 3");',
    'say("log change 4");',
  ]);
  const { code, out, err } = await place.run('bisect', '--boot');
  t.is(code, 1, err);
  t.regex(out, /^point 2 \(p2\.patch\) is the first bad one$/m);
  t.regex(out, /^doubted:\n {2}\+ it changes the kernel\n/m);
  t.regex(out, /^ {2}\+ point 0 \(base: mini\) passes, as expected$/m);
  t.regex(out, /^ {2}\+ point 4 \(p4\.patch\), with it reverted, passes: it boots$/m);
  t.deepEqual(
    (await stored(place)).doubts?.map(({ kind, verdict }) => [kind, verdict]),
    [
      ['image', 'holds'],
      ['end', 'holds'],
      ['revert', 'holds'],
    ],
  );
});

detail('two culprits of one failure: the first is improbable as the only one', async (t) => {
  const { place } = await spreadWorld(t, [panic, 'say("log change 2");', 'say("panic VFS: the eleventh patch");']);
  const both = await place.run('bisect', '--boot');
  t.regex(both.out, /^point 1 \(p1\.patch\) is the first bad one$/m, both.err);
  t.regex(both.out, /^improbable: point 3 \(p3\.patch\), with it reverted, fails: /m);
});

detail(
  'the patch that fixes a boot is found; a culprit that later patches build on can’t be reverted, which is said',
  async (t) => {
    const { place } = await world(t, [...harmless(2), panic]);
    const fixing = `diff --git a/kernel/late.c b/kernel/late.c
--- a/kernel/late.c
+++ b/kernel/late.c
@@ -5,3 +5,3 @@
 say("log change 2");
-${panic}
+say("log change 3");
 say("agent");
`;
    await place.write('patches/p4.patch', mail('fix it', fixing));
    await place.write('patches/series', 'p1.patch\np2.patch\np3.patch\np4.patch\n');
    const { code, out, err } = await place.run('bisect', '--boot', '--fixed', '--points', '3..4');
    t.is(code, 0, err);
    t.regex(out, /^point 4 \(p4\.patch\) is the first good one$/m);
    t.regex(out, /^ {2}\+ point 4 \(p4\.patch\), with it reverted, fails: /m);
    const broken = await place.run('bisect', '--boot', '--points', '0..3');
    t.regex(broken.out, /^point 3 \(p3\.patch\) is the first bad one$/m, broken.err);
    const never = await place.run('bisect', '--boot', '--fixed', '--points', '0..3');
    t.is(never.code, 1, never.err);
    t.regex(never.out, /^not fixed: it still fails at the last end \(point 3 /m);
  },
);
