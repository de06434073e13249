import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type { Run } from '../../harness/model/index.ts';
import { detail } from '../support/detail.ts';
import { addCfile, changeSched, fakeProject, mail, type Place, schedLine } from '../support/program.ts';

async function stored(place: Place): Promise<Run> {
  return JSON.parse(await readFile(path.join(place.directory, '.quiltboot/runs/latest/run.json'), 'utf8')) as Run;
}

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));

test('a good series: matrix on stdout, progress on stderr, reports in the run directory', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  const { code, out, err } = await place.run('build', '--target', 'x86_64,s390x');
  t.is(code, 0, err);
  t.regex(out, /1\s+one\.patch\s+pass build\s+pass build/);
  t.regex(err, /build\s+1\/1 s390x/);

  t.false(/\r|\u001b/.test(err + out), 'a pipe gets plain lines');
  const run = await stored(place);
  t.like(run, { verdict: 'pass', points: [0, 1], targets: ['x86_64', 's390x'] });
  t.is(run.cells.length, 4);
  for (const file of ['report.txt', 'report.tap', 'report.xml']) {
    t.truthy(await readFile(path.join(place.directory, '.quiltboot/runs/latest', file), 'utf8'));
  }
});

detail('with nothing changed everything comes from the store; --fresh makes it anew', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  await place.run('build');
  const again = await place.run('build');
  t.is(again.code, 0, again.err);
  t.true((await stored(place)).cells.every((cell) => cell.reused));
  t.regex(again.out, /= taken over from an earlier run/);
  await place.run('build', '--fresh');
  t.false((await stored(place)).cells.some((cell) => cell.reused));
});

/** The same change, made where another header was included two lines above. */
const elsewhere = mail(
  'say more',
  changeSched(schedLine, 'say("log sched: set");').replace(
    '@@ -3,3 +3,3 @@\n',
    '@@ -2,4 +2,4 @@\n #include <linux/other.h>\n',
  ),
);

detail(
  'where context may differ a run goes on, says what differs, and so does the command that repeats a failure',
  async (t) => {
    const broken = mail(
      'break it',
      changeSched('say("log sched: set");', 'int broken(void) { return missing_thing; }'),
    );
    const place = await fakeProject(t, { 'one.patch': elsewhere, 'two.patch': broken });
    const strict = await place.run('apply');
    t.is(strict.code, 1);
    t.regex(strict.out, /patch 1 \(one\.patch\) does not apply: kernel\/sched\.c, hunk 1 at line 2/);

    const loose = await place.run('build', '--fuzz', '2');
    t.is(loose.code, 1);
    const said =
      'patch 1 (one.patch) applies with fuzz: kernel/sched.c:2: ' +
      'the patch expects "#include <linux/other.h>", the tree has "#include <linux/sched.h>"';
    t.true(loose.out.includes(`note: ${said}`), loose.out);
    const run = await stored(place);
    t.deepEqual(run.notes, [said]);
    t.deepEqual(
      run.cells.map((cell) => cell.outcome),
      ['pass', 'pass', 'fail'],
    );
    t.regex(loose.out, /reproduce: quiltboot build mine .*--fuzz 2/);

    // The tree's recipe may say the same; a command has the last word.
    const file = path.join(place.directory, 'quiltboot.yaml');
    await place.write(
      'quiltboot.yaml',
      (await readFile(file, 'utf8')).replace('{base: "6.1",', '{base: "6.1", fuzz: 2,'),
    );
    t.is((await place.run('apply')).code, 0);
    t.deepEqual((await stored(place)).notes, [said]);
    t.is((await place.run('apply', '--fuzz', '0')).code, 1);
  },
);

test('a patch that breaks the build is to blame, and the rest is not run unless asked for', async (t) => {
  const patches = {
    'one.patch': fine,
    'two.patch': mail(
      'break it',
      changeSched('say("log sched: set");', 'say("log sched: set");', 'int broken(void) { return missing_thing; }'),
    ),
    'three.patch': mail(
      'mend it',
      changeSched('int broken(void) { return missing_thing; }', 'int broken(void) { return 0; }')
        .replace('@@ -3,', '@@ -4,')
        .replace(' +3,', ' +4,')
        .replace('\n \n-', '\n say("log sched: set");\n-'),
    ),
  };
  const place = await fakeProject(t, patches);
  const { code, out } = await place.run('build');
  t.is(code, 1);
  const run = await stored(place);
  t.deepEqual(
    run.cells.map((cell) => cell.outcome),
    ['pass', 'pass', 'fail', 'not-run'],
  );
  const bad = run.cells[2];
  t.is(bad?.blame, 'kernel');
  t.regex(bad?.cause?.summary ?? '', /kernel\/sched\.c:5:\d+.*missing_thing/);
  t.regex(out, /reproduce: quiltboot build mine --tree mini --target x86_64 --points 1\.\.2/);
  t.regex(out, /not run: point 2 failed \(--keep-going runs the rest\)/);

  const on = await place.run('build', '--keep-going');
  t.is(on.code, 1);
  t.deepEqual(
    (await stored(place)).cells.map((cell) => cell.outcome),
    ['pass', 'pass', 'fail', 'pass'],
  );
});

test('a new warning fails the point that brings it, and only that one', async (t) => {
  const place = await fakeProject(t, {
    'warn.patch': mail('warn', changeSched(schedLine, schedLine, 'static int unused_thing(void) { return 1; }')),
    'other.patch': mail(
      'another file',
      addCfile('kernel/late.c', 'say("agent");', 'say("log late");', 'say("agent");'),
    ),
  });
  const { code } = await place.run('build', '--keep-going');
  t.is(code, 1);
  const run = await stored(place);
  t.deepEqual(
    run.cells.map((cell) => cell.outcome),
    ['pass', 'fail', 'pass'],
  );
  t.regex(run.cells[1]?.cause?.summary ?? '', /new warning/);
  t.regex(run.cells[1]?.cause?.excerpt.join('\n') ?? '', /unused_thing/);
  t.is(run.cells[2]?.warnings, 1, 'the warning is still known at the next point');
});

detail('a patch that does not apply is named with its reject, later points are not run', async (t) => {
  const place = await fakeProject(t, {
    'one.patch': fine,
    'bad.patch': mail('does not fit', changeSched('say("log something else");', 'say("log x");')),
    'three.patch': fine,
  });
  const { code, out } = await place.run('build');
  t.is(code, 1);
  const run = await stored(place);
  t.deepEqual(
    run.cells.map((cell) => [cell.stage, cell.outcome]),
    [
      ['build', 'pass'],
      ['build', 'pass'],
      ['apply', 'fail'],
      ['apply', 'not-run'],
    ],
  );
  t.regex(out, /bad\.patch.*kernel\/sched\.c/);
  t.regex(out, /not run: patch 2 does not apply/);
  t.regex(out, /say\("log something else"\)/);
});

test('an option that gets lost fails configure and is named with its fragment and line', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  await place.write('base.config', 'CONFIG_PRINTK=y\nCONFIG_DEBUG_LIST=y\n');
  const { code, out } = await place.run('configure');
  t.not(code, 0);
  t.regex(out, /base\.config:2.*CONFIG_DEBUG_LIST|CONFIG_DEBUG_LIST.*base\.config:2/s);
});

detail('reports of a stored run are printed again in any form', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  await place.run('build');
  const tap = await place.run('report', '--format', 'tap', '--format', 'junit=out.xml');
  t.is(tap.code, 0);
  t.regex(tap.out, /^TAP version 14\n1\.\.2\n/);
  t.regex(await readFile(path.join(place.directory, 'out.xml'), 'utf8'), /<testsuites/);
});

detail('two runs of the same at once both end well', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  const [a, b] = await Promise.all([place.run('build'), place.run('build')]);
  t.is(a.code, 0, a.err);
  t.is(b.code, 0, b.err);
});
