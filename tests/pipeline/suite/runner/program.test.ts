import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { CaseResult, ProgramSuite } from '../../../../harness/model/index.ts';
import type { TestRequest } from '../../../../harness/pipeline/suite/stage.ts';
import type { FakeRequest } from '../../../support/fake-guests.ts';
import { type Ran, runFakes } from '../../../support/fake-suites.ts';
import { handGuests } from '../../../support/handed-guests.ts';

const { module: handed, remove } = await handGuests();
test.after.always(remove);

type Programs = NonNullable<FakeRequest['programs']>;

/** Runs programs that are suites, each under the name of its word. */
async function runPrograms(
  t: ExecutionContext,
  pass: ProgramSuite['pass'],
  programs: Programs,
  options: Partial<TestRequest> & { readonly fake?: FakeRequest } = {},
): Promise<Ran> {
  const suites = Object.keys(programs).map((name): [string, ProgramSuite] => [
    name,
    { name, argv: [name], pass, timeoutMs: 1000 },
  ]);
  const fake = { ...options.fake, programs };
  return await runFakes(t, {}, { programs: Object.fromEntries(suites), guestModule: handed, ...options, fake });
}

function told({ result }: Ran): string[] {
  return result.cases.map(({ suite, name, outcome }) => `${suite} ${name}: ${outcome}`).sort();
}

function only({ result }: Ran): CaseResult | undefined {
  return result.cases[0];
}

test('an exit status is a case: 0 passes, anything else is the fault of the kernel, with what was printed', async (t) => {
  const ran = await runPrograms(t, 'exit status', {
    good: { out: 'all is well\n' },
    bad: { out: 'turns: 2, expected 3\n', status: 3 },
    killed: { signal: 11 },
    hangs: { out: 'winding\n', act: 'hang' },
  });
  t.deepEqual(told(ran), [
    'program:bad exits with 0: fail',
    'program:good exits with 0: pass',
    'program:hangs exits with 0: timeout',
    'program:killed exits with 0: fail',
  ]);
  const bad = ran.result.cases.find(({ suite }) => suite === 'program:bad');
  t.like(bad?.cause, { blame: 'kernel', summary: 'bad ended with status 3' });
  t.deepEqual(bad?.output, ['turns: 2, expected 3']);
  t.true(bad?.cause?.excerpt.includes('  turns: 2, expected 3'));
  const kept = await readFile(path.join(ran.directory, 'logs', bad?.cause?.log ?? ''), 'utf8');
  t.is(kept, 'turns: 2, expected 3\n');
  const hangs = ran.result.cases.find(({ suite }) => suite === 'program:hangs');
  t.like(hangs?.cause, { blame: 'suite', summary: 'hangs did not end within 1 s, and was killed' });
});

test('a program that the guest cannot run is the fault of the suite', async (t) => {
  const programs = { missing: { name: 'missing', argv: ['nowhere'], pass: 'exit status', timeoutMs: 1000 } } as const;
  const ran = await runFakes(t, {}, { programs, guestModule: handed, fake: { programs: {} } });
  t.like(only(ran), { outcome: 'fail', cause: { blame: 'suite', summary: 'the guest cannot run it: ENOENT' } });
});

test('tests that are printed are cases, and the exit status counts where none of them fails', async (t) => {
  const ran = await runPrograms(t, 'tap', {
    mixed: { out: '1..3\nok 1 - winds\n# 2 of 3\nnot ok 2 - turns\nok 3 - stops # SKIP no brake\n', status: 1 },
    quiet: { out: '1..1\nok 1 - winds\n', status: 2 },
    fine: { out: 'TAP version 13\n1..1\nok 1 - winds\n' },
    nothing: { out: 'usage: nothing\n' },
  });
  t.deepEqual(
    told(ran),
    [
      'program:fine winds: pass',
      'program:mixed stops: skip',
      'program:mixed turns: fail',
      'program:mixed winds: pass',
      'program:nothing all tests: fail',
      'program:quiet exits with 0: fail',
      'program:quiet winds: pass',
    ].map((line) => line.replace('all tests', 'the output is in order')),
  );
  const turns = ran.result.cases.find(({ name }) => name === 'turns');
  t.like(turns?.cause, { blame: 'kernel', summary: '2 of 3' });
  t.like(ran.result.cases.find(({ suite }) => suite === 'program:nothing')?.cause, { blame: 'suite' });
});

test('what was printed before a panic or a time-out is kept, and the rest was not reached', async (t) => {
  const out = '1..3\nok 1 - winds\n';
  const crash = await runPrograms(t, 'tap', { spool: { out, act: 'panic' } });
  t.deepEqual(told(crash), [
    'program:spool exits with 0: crash',
    'program:spool test 2: crash',
    'program:spool test 3: not-run',
    'program:spool winds: pass',
  ]);
  t.is(crash.result.outcome, 'crash');
  const late = await runPrograms(t, 'tap', { spool: { out, act: 'hang' } });
  t.deepEqual(told(late), [
    'program:spool exits with 0: timeout',
    'program:spool test 2: timeout',
    'program:spool test 3: not-run',
    'program:spool winds: pass',
  ]);
});

test('a report of the kernel fails a program whose tests pass', async (t) => {
  const ran = await runPrograms(t, 'tap', { spool: { out: '1..1\nok 1 - winds\n', act: 'warn' } });
  t.deepEqual(told(ran), ['program:spool exits with 0: crash', 'program:spool winds: pass']);
  const crash = ran.result.cases.find(({ outcome }) => outcome === 'crash');
  t.is(crash?.cause?.summary, 'WARNING at kernel/quilt.c:55 in quilt_count');
  t.regex(crash?.cause?.log ?? '', /console\.log$/);
});

test('a guest lost by the machine is tried again, and never held against the kernel', async (t) => {
  const programs = { spool: { out: 'fine\n' } };
  const twice = await runPrograms(t, 'exit status', programs, { fake: { lost: 2 } });
  t.is(only(twice)?.outcome, 'pass');
  const always = await runPrograms(t, 'exit status', programs, { fake: { lost: 100 } });
  t.like(only(always), { outcome: 'not-run', cause: { blame: 'host' } });
});

test('cases are chosen by name, run again where they fail, and told beside those of other runners', async (t) => {
  const programs: Programs = {
    spool: { out: '1..2\nok 1 - winds\nnot ok 2 - turns\n', status: 1 },
    reel: { status: 0 },
  };
  const chosen = await runPrograms(t, 'tap', programs, { match: 'turns' });
  t.deepEqual(told(chosen), ['program:spool turns: fail']);
  const again = await runPrograms(t, 'tap', { spool: programs['spool'] ?? {} }, { reruns: { times: 2, tolerated: 1 } });
  t.deepEqual(again.result.cases.find(({ name }) => name === 'turns')?.tries, { runs: 3, failed: 3 });
  const suites = { name: 'reel', argv: ['reel'], pass: 'exit status', timeoutMs: 1000 } as const;
  const mixed = await runFakes(
    t,
    { 'first.ts': `import test from 'quiltboot/suite';\ntest('runs', (t) => { t.pass(); });\n` },
    { programs: { reel: suites }, guestModule: handed, fake: { programs: { reel: {} } } },
  );
  t.deepEqual(told(mixed), ['first runs: pass', 'program:reel exits with 0: pass']);
});

test('a part of a name that no printed test has is a mistake', async (t) => {
  const programs = { spool: { out: '1..1\nok 1 - winds\n' } };
  const error = await t.throwsAsync(runPrograms(t, 'tap', programs, { match: 'truns' }));
  t.is(error.message, 'no case has "truns" in its name');
});
