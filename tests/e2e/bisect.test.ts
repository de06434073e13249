import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { growing, harmless, panic, signs, stored, world } from '../support/bisect-world.ts';
import { detail } from '../support/detail.ts';
import { fakeProject, mail, withFakeQemu } from '../support/program.ts';

/** What git itself makes of a log, in a repository that has the commits. */
async function replay(t: ExecutionContext, repository: string, refs: string, log: string): Promise<string> {
  const directory = await mkdir(path.join(path.dirname(log), `replay-${path.basename(log)}`), { recursive: true });
  const git = async (...words: string[]): Promise<string> =>
    (await execa('git', words, { cwd: directory ?? '.', env: { GIT_CONFIG_GLOBAL: '/dev/null' } })).stdout;
  await git('init', '-q');
  await git('fetch', '-q', repository, refs);
  await git('checkout', '-q', 'FETCH_HEAD');
  const said = await git('bisect', 'replay', log);
  t.teardown(() => rm(directory ?? '', { recursive: true, force: true }));
  return said;
}

test('the patch that breaks a boot is found with evidence from both sides, and git follows its log', async (t) => {
  const { place } = await world(t, [...harmless(10), panic, ...harmless(5, 12)]);
  const { code, out, err } = await place.run('bisect', '--boot');
  t.is(code, 1, err);
  t.regex(out, /^point 11 \(p11\.patch\) is the first bad one$/m);
  t.regex(out, /^bad: point 11 \(p11\.patch\)\n {2}the kernel does not boot: .*the eleventh patch/m);
  t.regex(out, /^ {2}\| .*Kernel panic - not syncing: VFS: the eleventh patch/m);
  t.regex(out, /^good: point 10 \(p10\.patch\)\n {2}it boots/m);
  t.regex(out, /^reproduce: quiltboot run mine --tree mini --target x86_64 --points 11 --fresh$/m);
  t.regex(err, /Bisecting: 7 points left to test after this \(roughly 3 steps\): point 8/);
  const result = await stored(place);
  t.deepEqual(signs(result), ['16 bad', '8 good', '12 bad', '10 good', '11 bad']);
  t.is(result.sureness, undefined);
  const directory = path.join(place.directory, '.quiltboot/bisect/latest');
  t.regex(await readFile(path.join(directory, result.bad?.observations[0]?.log ?? ''), 'utf8'), /the eleventh patch/);
  t.regex(await readFile(path.join(directory, result.good?.observations[0]?.log ?? ''), 'utf8'), /change 10/);
  const log = path.join(directory, 'git-bisect.log');
  const culprit = result.outcome.kind === 'found' ? (result.outcome.culprits[0]?.commit ?? '') : '';
  const said = await replay(t, result.repository ?? '', '+refs/points/*:refs/heads/points/*', log);
  t.true(said.includes(`${culprit} is the first bad commit`), said);
});

detail('a case, a line of the log and a warning are told apart from what merely breaks', async (t) => {
  const { place } = await world(t, [
    'say("log change 1");',
    'static int spare_one(void) { return 1; }',
    'say("log something odd");',
    'say("log change 4");',
  ]);
  await place.write(
    'suites/odd.ts',
    `import { suite } from 'quiltboot/suite';
const { test } = suite();
test('nothing odd is in the log', (t, { guest }) => { t.false(guest.log().some((line) => line.includes('odd'))); });
test('it answers', async (t, { guest }) => { t.is((await guest.run(['/bin/true'])).status, 0); });
`,
  );
  const odd = await place.run('bisect', '--log', 'something odd$');
  t.is(odd.code, 1, odd.err);
  t.regex(odd.out, /^point 3 \(p3\.patch\) is the first bad one$/m);
  t.regex(odd.out, /the kernel log has: .*something odd/);

  const named = await place.run('bisect', '--warning', 'spare_one.*not used');
  t.regex(named.out, /^point 2 \(p2\.patch\) is the first bad one$/m, named.err);
  t.regex(named.out, /kernel\/late\.c:\d+: .*spare_one.*-Wunused-function/);
  const any = await place.run('bisect', '--warning');
  t.regex(any.out, /^point 2 \(p2\.patch\) is the first bad one$/m, any.err);

  const tested = await place.run('bisect', '--case', 'nothing odd', '--suite', 'suites/odd.ts');
  t.is(tested.code, 1, tested.err);
  t.regex(tested.out, /^point 3 \(p3\.patch\) is the first bad one$/m);
  t.regex(tested.out, /odd › nothing odd is in the log: fail/);
  t.regex(tested.out, /reproduce: .* --case 'nothing odd' --fresh/);

  const unknown = await place.run('bisect', '--case', 'nothing od in the', '--suite', 'suites/odd.ts');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /no case has "nothing od in the" in its name/);
  t.regex(unknown.err, /did you mean "nothing odd is in the log"\?/);
  t.false(/^\s+at .*:\d+:\d+/m.test(unknown.err), unknown.err);
});

detail('a bad end that is good, and a good end that is bad, are verdicts of their own', async (t) => {
  const { place } = await world(t, [panic, ...harmless(3, 2)]);
  const before = await place.run('bisect', '--boot', '--points', '1..4');
  t.is(before.code, 1, before.err);
  t.regex(before.out, /^the good end is already bad \(point 1 \(p1\.patch\)\); the culprit came before it$/m);
  const first = await place.run('bisect', '--boot');
  t.regex(first.out, /^point 1 \(p1\.patch\) is the first bad one$/m, first.err);
  t.regex(first.out, /^good: point 0 \(base: mini\)/m);
  const nothing = await place.run('bisect', '--build');
  t.is(nothing.code, 0, nothing.err);
  t.regex(nothing.out, /^cannot reproduce: the bad end passes \(point 4 \(p4\.patch\)\)$/m);
});

detail('points that do not build are skipped; a culprit among them is one of those', async (t) => {
  const broken = 'int broken_from_here(void) { return missing_thing; }';
  const patches = growing([...harmless(4), broken, 'say("log change 6");', panic, 'say("log change 8");']);
  // Point 7 mends the build and breaks the boot.
  patches['p7.patch'] = mail(
    'change 7',
    `diff --git a/kernel/late.c b/kernel/late.c
--- a/kernel/late.c
+++ b/kernel/late.c
@@ -7,4 +7,4 @@
 say("log change 4");
-${broken}
 say("log change 6");
+${panic}
 say("agent");
`,
  );
  patches['p8.patch'] = (patches['p8.patch'] ?? '').replace('@@ -10,2 +10,3 @@', '@@ -9,2 +9,3 @@');
  t.timeout(300_000);
  const { place } = await withFakeQemu(t, await fakeProject(t, patches));
  const { code, out, err } = await place.run('bisect', '--boot');
  t.is(code, 1, err);
  t.regex(
    out,
    /^one of these 3 is the first bad one; all but the last can’t be judged:\n {2}point 5 .*\n {2}point 6 .*\n {2}point 7 /m,
  );
  t.regex(out, /^good: point 4 \(p4\.patch\)/m);
  t.regex(out, /unknown +point 5/);
  const result = await stored(place);
  const log = path.join(place.directory, '.quiltboot/bisect/latest/git-bisect.log');
  t.regex(await readFile(log, 'utf8'), /^git bisect skip [0-9a-f]{40}$/m);
  const said = await replay(t, result.repository ?? '', '+refs/points/*:refs/heads/points/*', log).catch(
    (error: unknown) => String((error as { stdout?: string }).stdout),
  );
  t.regex(said, /There are only 'skip'ped commits left to test/);

  const build = await place.run('bisect', '--build', '--points', '0..6');
  t.regex(build.out, /^point 5 \(p5\.patch\) is the first bad one$/m, build.err);
  t.regex(build.out, /missing_thing/);

  const end = await place.run('bisect', '--boot', '--points', '0..6');
  t.is(end.code, 2);
  t.regex(end.err, /point 6 \(p6\.patch\) can’t be judged, and it is an end of the bisection: the build failed/);
});

detail('a fault of the machine is never bad: what is known is kept, and the bisection goes on', async (t) => {
  const lines = ['say("log change 1");', 'say("needs-machine");', 'say("log change 3");', panic];
  const { place, state } = await world(t, lines);
  await writeFile(path.join(state, 'broken'), '');
  const failed = await place.run('bisect', '--boot');
  t.is(failed.code, 69, failed.err);
  t.regex(failed.err, /point 4 \(p4\.patch\) can’t be judged, the machine is to blame: .*SIGKILL/);
  await rm(path.join(state, 'broken'));
  const { code, out, err } = await place.run('bisect', '--boot');
  t.is(code, 1, err);
  t.regex(out, /^point 4 \(p4\.patch\) is the first bad one$/m);
});

detail('a point that the machine fails in the middle is left out and tried again the next time', async (t) => {
  const lines = ['say("log change 1");', 'say("needs-machine");', panic, 'say("log change 4");'];
  const { place, state } = await world(t, lines);
  // The bad end is judged while the machine is well.
  const end = place.start('bisect', '--boot');
  const statePath = async (): Promise<string | undefined> => {
    const parent = path.join(place.directory, '.quiltboot/bisect');
    for (const name of await readdir(parent).catch(() => [])) {
      const text = await readFile(path.join(parent, name, 'state.json'), 'utf8').catch(() => '');
      if (text.includes('"bad"')) return text;
    }
    return undefined;
  };
  for (let round = 0; round < 3000 && (await statePath()) === undefined; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await writeFile(path.join(state, 'broken'), '');
  const first = await end.ended;
  t.is(first.code, 1, first.err);
  // The line of point 2 is in the later images as well, in front of the one that is bad.
  t.regex(first.out, /one of these 3 is the first bad one/);
  for (const point of ['2', '3']) t.regex(first.out, new RegExp(`left out +point ${point} \\(.*SIGKILL`));
  await rm(path.join(state, 'broken'));
  const second = await place.run('bisect', '--boot');
  t.regex(second.out, /^point 3 \(p3\.patch\) is the first bad one$/m, second.err);
  t.regex(second.err, /resuming with \d known results/);
});

detail('a failure that comes and goes is found by repeating, with how sure that is', async (t) => {
  // Never the first boot: without --repeat there is nothing to see.
  const flaky = 'say("panic-on 2,4,5,7,8 it comes and goes");';
  const { place } = await world(t, [...harmless(2), flaky, ...harmless(2, 4)]);
  const once = await place.run('bisect', '--boot');
  t.is(once.code, 0, once.err);
  const { code, out, err } = await place.run('bisect', '--boot', '--repeat', '4');
  t.is(code, 1, err);
  t.regex(out, /^point 3 \(p3\.patch\) is the first bad one$/m);
  t.regex(out, /^good: point 2 \(p2\.patch\) \(4 × good\)$/m);
  t.regex(out, /how sure: \d+\.\d\d % that it is this one/);
  const { sureness } = await stored(place);
  t.true((sureness?.failures ?? 0) < (sureness?.tries ?? 0), 'it did not fail each time');
  t.true((sureness?.probability ?? 0) > 0.5 && (sureness?.probability ?? 1) < 1);
});

test('an interrupted bisection resumes; --fresh starts over', async (t) => {
  const { place } = await world(t, [...harmless(4), panic, ...harmless(3, 6)]);
  const started = place.start('bisect', '--boot');
  const seen = async (): Promise<number> => {
    const parent = path.join(place.directory, '.quiltboot/bisect');
    const [name] = await readdir(parent).catch(() => []);
    const text = await readFile(path.join(parent, name ?? '', 'state.json'), 'utf8').catch(() => '{"tries":[]}');
    return (JSON.parse(text) as { tries: unknown[] }).tries.length;
  };
  for (let round = 0; round < 3000 && (await seen()) < 2; round++)
    await new Promise((resolve) => setTimeout(resolve, 30));
  started.kill('SIGINT');
  const stopped = await started.ended;
  t.is(stopped.code, 130, stopped.err);
  const before = await seen();
  t.true(before >= 2);
  const { code, out, err } = await place.run('bisect', '--boot');
  t.is(code, 1, err);
  t.regex(out, /^point 5 \(p5\.patch\) is the first bad one$/m);
  t.true(err.includes(`resuming with ${before} known results`), err);
  t.false(/^.* build +8 /m.test(err), 'the bad end is not built a second time');

  const again = await place.run('bisect', '--boot');
  t.false(/ boot +\d /.test(again.err), 'a finished one has its answer at once');
  const fresh = await place.run('bisect', '--boot', '--fresh');
  t.false(fresh.err.includes('resuming with'));
  t.regex(fresh.err, /build +8 .*objects? compiled/);
});

test('mistakes are sentences with what to do', async (t) => {
  const place = await fakeProject(t, growing(harmless(2)));
  const mistakes: readonly [readonly string[], RegExp][] = [
    [['bisect'], /choose what to bisect for: --build, --boot, --case, --log or --warning \[QB-[A-Z-]+\]\n {2}--build /],
    [['bisect', '--build', '--boot'], /--build and --boot at once/],
    [['bisect', '--log', '(oops'], /--log \(oops: not a regular expression: .*\n {2}a plain text needs a backslash/],
    [['bisect', '--boot', '--points', '1'], /needs a good point and a bad one; --points 1 names one/],
    [['bisect', '--boot', '--target', 'x86_64,s390x'], /a bisection runs on one target/],
    [['bisect', '--build', '--range', 'a..b'], /tree mini does not come from git/],
    [['bisect', '--build', '--range', 'a..b', '--points', '1'], /--points has no meaning/],
    [['bisect', '--build', '--options', 'nosuch'], /nosuch is neither a configuration of the project file nor a file/],
    [['bisect', '--build', '--against', 'x'], /--against needs --options/],
    [['bisect', '--case', 'x'], /series mine has no suites/],
    [['bisect', '--build', '--options', 'x', '--fixed'], /--fixed looks along patches or commits/],
    [['bisect', '--warning', '--fixed'], /--fixed needs to know which warning/],
    [['bisect', '--build', '--repeat', '0'], /expected a whole number from 1/],
  ];
  for (const [words, expected] of mistakes) {
    const { code, err } = await place.run(...words);
    t.regex(err, expected);
    t.is(code, 2, err);
    t.false(/^\s+at .*:\d+:\d+/m.test(err), err);
  }
});
