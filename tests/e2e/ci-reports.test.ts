import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type { Run } from '../../harness/model/index.ts';
import { detail } from '../support/detail.ts';
import { changeSched, fakeProject, mail, type Place, placeIn, schedLine } from '../support/program.ts';

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));
const unused = 'static int unused_thing(void) { return 1; }';
const warns = mail('say more', changeSched(schedLine, 'say("log sched: set");', unused));
const breaks = mail('say more', changeSched(schedLine, 'int broken(void) { return missing_thing; }'));

async function stored(place: Place, run = 'latest'): Promise<Run> {
  return JSON.parse(await readFile(path.join(place.directory, '.quiltboot/runs', run, 'run.json'), 'utf8')) as Run;
}

function runDirectory(run: Run): string {
  return `.quiltboot/runs/${run.id}`;
}

test('a run beside an earlier one: what is new, what is fixed, warnings and options', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  t.is((await place.run('build')).code, 0);
  const good = await stored(place);

  await place.write('patches/one.patch', breaks);
  const broken = await place.run('build', '--against', runDirectory(good));
  t.is(broken.code, 1);
  t.regex(broken.out, new RegExp(`^against ${good.id} .*: 1 new failure$`, 'm'));
  t.regex(broken.out, /new failure: x86_64, point 1: build \(FAIL; pass before\)/);
  const bad = await stored(place);
  t.like(bad.comparison, { compared: 2, unmatched: [] });

  await place.write('patches/one.patch', fine);
  const fixed = await place.run('build', '--against', runDirectory(bad));
  t.is(fixed.code, 0);
  t.regex(fixed.out, /fixed: x86_64, point 1: build$/m);

  await place.write('patches/one.patch', warns);
  await place.write('base.config', 'CONFIG_PRINTK=y\nCONFIG_SMP=y\n');
  const noisy = await place.run('build', '--against', runDirectory(good));
  t.regex(noisy.out, /new warning: x86_64, point 1\/1: kernel\/sched\.c: .*unused_thing/);
  t.regex(noisy.out, /options: x86_64, point 0\/1: .*SMP=y/);
});

detail('where only new failures count, a known one is no failure and hides none behind it', async (t) => {
  const place = await fakeProject(t, { 'one.patch': breaks });
  t.is((await place.run('build')).code, 1);
  const known = runDirectory(await stored(place));
  const again = await place.run('build', '--against', known, '--fail-on', 'new');
  t.is(again.code, 0, again.err);
  t.regex(again.err, /^--fail-on new: no failure is new$/m);
  t.regex(again.out, /^verdict: fail/m);
  t.is((await place.run('report', '--against', known, '--fail-on', 'new')).code, 0);

  await place.write('patches/two.patch', mail('more', changeSched('"log sched: 1"', '"log sched: 2"')));
  const mistake = await place.run('build', '--fail-on', 'new');
  t.is(mistake.code, 2);
  t.regex(mistake.err, /--fail-on new needs an earlier run: --against RUN/);
});

detail('a stored run is reported as it was at its end, in every form', async (t) => {
  const place = await fakeProject(t, { 'one.patch': breaks });
  const first = await place.run('build');
  const run = await stored(place);
  const again = await place.run('build', '--against', runDirectory(run));
  for (const [id, printed] of [
    [run.id, first.out],
    [(await stored(place)).id, again.out],
  ] as const) {
    const directory = path.join(place.directory, '.quiltboot/runs', id);
    t.is((await place.run('report', path.join('.quiltboot/runs', id))).out, printed);
    for (const [kind, file] of Object.entries({
      text: 'report.txt',
      tap: 'report.tap',
      html: 'report.html',
      json: 'run.json',
    })) {
      await place.run('report', path.join('.quiltboot/runs', id), '--format', `${kind}=again`);
      t.is(
        await readFile(path.join(place.directory, 'again'), 'utf8'),
        await readFile(path.join(directory, file), 'utf8'),
        kind,
      );
    }
  }
  const page = await readFile(path.join(place.directory, '.quiltboot/runs/latest/report.html'), 'utf8');
  t.regex(page, /<details data-log="0" [^>]*><summary>log cells\/1-x86_64\/build\.log/);
});

detail('a run to compare with that is not there is a mistake, made known before anything is built', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  const { code, err } = await place.run('build', '--against', 'nowhere');
  t.is(code, 2);
  t.regex(err, /no stored run at .*nowhere/);
  t.deepEqual(await readdir(path.join(place.directory, '.quiltboot')).catch(() => []), []);
});

test('shards of a matrix and the run that they are merged to say the same as one run', async (t) => {
  const place = await fakeProject(t, {
    'one.patch': fine,
    'two.patch': mail('warn', changeSched('say("log sched: set");', 'say("log sched: set");', unused)),
  });
  const words = ['build', '--target', 'x86_64,s390x', '--keep-going'];
  const whole = await place.run(...words);
  const wanted = await stored(place);
  const shards: string[] = [];
  for (const shard of ['1/3', '2/3', '3/3']) {
    const ended = await place.run(...words, '--shard', shard, '--fresh');
    t.regex(ended.out, new RegExp(`shard ${shard.replace('/', ' of ')}`));
    shards.push(path.join('.quiltboot/runs', (await stored(place)).id));
  }
  const merged = await place.run('merge', ...shards);
  t.is(merged.code, whole.code, merged.err);
  const run = await stored(place);
  const told = ({ cells }: Run): unknown =>
    cells.map(({ point, target, outcome, cause, diagnostics }) => [
      point,
      target,
      outcome,
      cause?.summary,
      diagnostics,
    ]);
  t.deepEqual(told(run), told(wanted));
  t.deepEqual(run.findings, wanted.findings);
  const log = path.join(place.directory, '.quiltboot/runs/latest/cells/2-s390x/build.log');
  t.regex(await readFile(log, 'utf8'), /unused_thing/);

  const partial = await place.run('merge', ...shards.slice(1));
  t.is(partial.code, 1);
  t.regex(partial.out, /no run that was merged has point 0 on x86_64/);
});

test('GitHub gets commands on stdout and a summary beside what its file holds', async (t) => {
  const place = await fakeProject(t, { 'one.patch': breaks });
  await place.run('build');
  await place.write('summary.md', 'earlier\n');
  const here = placeIn(place.directory, {
    ...place.env,
    GITHUB_STEP_SUMMARY: path.join(place.directory, 'summary.md'),
  });
  const { code, out } = await here.run('report', '--format', 'github');
  t.is(code, 1);
  t.regex(
    out,
    /^::error file=patches\/one\.patch,line=1,title=point 1 \(one\.patch\) on x86_64%3A FAIL in build%2C blame%3A kernel \[QB-BUILD-ERROR\]::/,
  );
  t.regex(await readFile(path.join(place.directory, 'summary.md'), 'utf8'), /^earlier\n## fail: mine on mini/);
});
