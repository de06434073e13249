import test from 'ava';
import { parse } from 'yaml';
import { type Chain, type Plan, UserError } from '../../../harness/model/index.ts';
import { planForms } from '../../../harness/report/index.ts';
import { parseShard } from '../../../harness/results/index.ts';

const chain = (target: string, from: number, to: number, machine: number): Chain => ({
  target,
  from,
  to,
  ms: 60_000,
  key: 'f'.repeat(64),
  machine,
  command: `quiltboot run mine --target x86_64,s390x --points all --keep-going --shard ${target}:${from}..${to}`,
});
const plan: Plan = {
  format: 1,
  series: 'mine',
  tree: 'linux-6.1',
  points: [0, 1, 2],
  targets: ['x86_64', 's390x'],
  machines: 2,
  measured: true,
  chains: [chain('x86_64', 0, 2, 1), chain('s390x', 0, 2, 2)],
};

test('GitHub gets a matrix whose parts the program takes', (t) => {
  const { include } = JSON.parse(planForms.github(plan)) as { include: { shard: string; key: string }[] };
  t.deepEqual(
    include.map(({ shard }) => parseShard(shard)),
    [
      { target: 'x86_64', from: 0, to: 2 },
      { target: 's390x', from: 0, to: 2 },
    ],
  );
});

test('GitLab gets jobs, a cluster an Indexed Job that knows the exit statuses', (t) => {
  const jobs = parse(planForms.gitlab(plan)) as Record<string, { script: string[] }>;
  t.deepEqual(Object.keys(jobs), ['quiltboot x86_64 0..2', 'quiltboot s390x 0..2']);
  t.regex(jobs['quiltboot s390x 0..2']?.script[0] ?? '', /--shard s390x:0\.\.2 .*\|\| test \$\? -eq 1$/);
  const job = parse(planForms.kubernetes(plan)) as {
    spec: {
      completions: number;
      podFailurePolicy: { rules: { action: string; onExitCodes?: { values: number[] } }[] };
    };
  };
  t.is(job.spec.completions, 2);
  t.deepEqual(
    job.spec.podFailurePolicy.rules.map(({ action, onExitCodes }) => [action, onExitCodes?.values]),
    [
      ['FailJob', [2]],
      ['Count', [69]],
      ['Ignore', undefined],
    ],
  );
});

test('more chains than a forge has jobs are a mistake', (t) => {
  const many = { ...plan, chains: Array.from({ length: 257 }, (_, at) => chain('x86_64', at, at, 1)) };
  t.throws(() => planForms.github(many), { instanceOf: UserError, message: /257 chains/ });
  t.throws(() => planForms.gitlab(many), { instanceOf: UserError });
  t.notThrows(() => planForms.make(many));
});

test('people read what each machine has to do, and whether the times are guesses', (t) => {
  t.regex(planForms.text(plan), /^mine on linux-6\.1: 2 chains for 2 machines\n {2}machine 1 {2}x86_64 0\.\.2 /);
  t.regex(planForms.text({ ...plan, measured: false }), /guesses/);
});
