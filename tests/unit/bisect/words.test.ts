import test from 'ava';
import { gitBisectLog } from '../../../harness/bisect/git-log.ts';
import { observe } from '../../../harness/bisect/observe.ts';
import {
  describePredicate,
  lastStageOf,
  parsePredicate,
  predicates,
} from '../../../harness/bisect/predicates/index.ts';
import type { PredicateKind } from '../../../harness/bisect/predicates/predicate.ts';
import { nearestTitle } from '../../../harness/bisect/titles.ts';
import { UserError } from '../../../harness/model/index.ts';

const point = (commit: string) => ({ key: commit, label: commit, commit, subject: `subject of ${commit}` });

test('a log for git has the ends, every step and the culprit', (t) => {
  const log = gitBisectLog({
    bad: point('d'),
    good: point('a'),
    judged: [
      { point: point('d'), sign: 'bad' },
      { point: point('b'), sign: 'good' },
      { point: { key: 'x', label: 'no commit' }, sign: 'skip' },
      { point: point('c'), sign: 'skip' },
    ],
    culprit: point('d'),
  });
  t.is(
    log,
    `# bad: [d] subject of d
# good: [a] subject of a
git bisect start 'd' 'a'
# good: [b] subject of b
git bisect good b
# skip: [c] subject of c
git bisect skip c
# first bad commit: [d] subject of d
`,
  );
});

test('exactly one thing is looked for', (t) => {
  t.deepEqual(parsePredicate({ boot: true }), { kind: 'boot' });
  t.deepEqual(parsePredicate({ warning: true }), { kind: 'warning' });
  t.deepEqual(parsePredicate({ warning: 'a.*b' }), { kind: 'warning', text: 'a.*b' });
  t.throws(() => parsePredicate({}), {
    instanceOf: UserError,
    message: /choose what to bisect for: --build, --boot, --case, --log or --warning/,
  });
  t.throws(() => parsePredicate({ build: true, case: 'x' }), {
    instanceOf: UserError,
    message: /--build and --case at once/,
  });
  const error = t.throws(() => parsePredicate({ log: 'a(b' }), { instanceOf: UserError });
  t.regex(error.message, /^--log a\(b: not a regular expression: /);
  t.regex(error.hint ?? '', /backslash/);
});

test('only stages that a predicate needs are run', (t) => {
  t.is(lastStageOf({ kind: 'warning' }, true), 'build');
  t.is(lastStageOf({ kind: 'boot' }, true), 'boot');
  t.is(lastStageOf({ kind: 'log', text: 'x' }, false), 'boot');
  t.is(lastStageOf({ kind: 'log', text: 'x' }, true), 'test');
  t.is(lastStageOf({ kind: 'case', text: 'x' }, true), 'test');
  t.is(describePredicate({ kind: 'case', text: 'x' }), 'bad: a case fails whose name contains "x"');
});

test('the title that was meant is found', (t) => {
  const titles = ['a pid moves', "it's removed", 'the last one'];
  t.is(nearestTitle('a pid mvoes', titles), 'a pid moves');
  t.is(nearestTitle('it was removed then', titles), "it's removed");
  t.is(nearestTitle('something else entirely', titles), undefined);
});

test('a predicate is a row of the table: option, hint, needs and verdict come from its file alone', (t) => {
  const sluggish: PredicateKind = {
    flag: '--slower-than <ms>',
    help: 'bad if the boot takes longer',
    describe: (ms) => `bad: the boot takes more than ${ms ?? '?'} ms`,
    lastStage: () => 'boot',
    observe: (ms, { boot }) => ({
      sign: (boot?.bootMs ?? 0) > Number(ms) ? 'bad' : 'good',
      summary: `${boot?.bootMs ?? '?'} ms`,
      excerpt: [],
      settled: false,
    }),
  };
  const table = [...predicates, sluggish];
  const predicate = parsePredicate({ slowerThan: '200' }, table);
  t.deepEqual(predicate, { kind: 'slower-than', text: '200' });
  const error = t.throws(() => parsePredicate({}, table), { instanceOf: UserError, message: /--slower-than/ });
  t.regex(error.hint ?? '', /--slower-than <ms> +bad if the boot takes longer/);
  const stage = { ms: 0, reused: false };
  const seen = observe(
    predicate,
    {
      apply: { stage: 'apply', point: 0, outcome: 'pass', ...stage },
      configure: { stage: 'configure', outcome: 'pass', warnings: [], ...stage },
      build: {
        stage: 'build',
        outcome: 'pass',
        image: '/bzImage',
        directory: '',
        configFile: '',
        sandbox: 'bubblewrap',
        log: '',
        warnings: [],
        errors: [],
        ...stage,
      },
      boot: { stage: 'boot', outcome: 'pass', log: '', splats: [], bootMs: 300, ...stage },
    },
    { log: [], newWarnings: [] },
    table,
  );
  t.like(seen, { sign: 'bad', summary: '300 ms' });
});
