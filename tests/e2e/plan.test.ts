import test from 'ava';
import { execa } from 'execa';
import type { Plan, Run } from '../../harness/model/index.ts';
import { changeSched, fakeProject, latestRun, mail, program, schedLine } from '../support/program.ts';

const facts = ({ verdict, points, targets, cells }: Run): unknown => ({
  verdict,
  points,
  targets,
  cells: cells.map(({ point, target, outcome, stage, warnings, imageHash }) => ({
    ...{ point, target, outcome, stage, warnings, imageHash },
  })),
});

test('chains that other machines run make, merged, the run of one machine; a lost one is no pass', async (t) => {
  const second = 'say("log sched: set");';
  const place = await fakeProject(t, {
    'one.patch': mail('say more', changeSched(schedLine, second)),
    'two.patch': mail('warn', changeSched(second, 'static int unused_thing;', second)),
  });
  const guessed = await place.run('plan', '--target', 'x86_64,s390x', '--machines', '3', '--format', 'json');
  t.is(guessed.code, 0, guessed.err);
  const plan = JSON.parse(guessed.out) as Plan;
  t.false(plan.measured);
  t.is(plan.chains.length, 2, 'a base costs more than what a third machine would spare');
  t.is(new Set(plan.chains.map(({ key }) => key)).size, 2);

  const whole = await place.run('build', '--keep-going', '--target', 'x86_64,s390x');
  t.is(whole.code, 1, whole.err);
  const alone = await latestRun(place);
  for (const { target, from, to } of plan.chains) {
    // Further parts than the plan has, so that one begins in the middle.
    for (const part of target === 'x86_64' ? [`${from}..0`, `1..${to}`] : [`${from}..${to}`]) {
      const words = ['--keep-going', '--target', 'x86_64,s390x', '--shard', `${target}:${part}`, '--out', 'shards'];
      await place.run('build', ...words);
    }
  }
  const { stdout } = await execa('sh', ['-c', 'ls -d shards/2*'], { cwd: place.directory });
  const parts = stdout.split('\n');
  t.is(parts.length, 3);
  const merged = await place.run('merge', ...parts);
  t.is(merged.code, 1, merged.err);
  t.deepEqual(facts(await latestRun(place)), facts(alone));
  const lost = await place.run('merge', ...parts.slice(1));
  t.is(lost.code, 1, lost.out);
  t.regex(lost.out, /no run that was merged has point 0 on x86_64/);

  const empty = await place.run('build', '--shard', 'x86_64:7..9');
  t.is(empty.code, 2);
  t.regex(empty.err, /--shard names no cell/);
  // The names of a shell line are those of the plan.
  const command = plan.chains[0]?.command ?? '';
  const quiltboot = `quiltboot() { ${program.map((word) => `'${word}'`).join(' ')} "$@"; }`;
  const help = await execa('bash', ['-c', `${quiltboot}\n${command} --until-help`], {
    cwd: place.directory,
    env: place.env,
    reject: false,
  });
  t.regex(help.stderr, /unknown option '--until-help'/, 'every other word is known');
});
