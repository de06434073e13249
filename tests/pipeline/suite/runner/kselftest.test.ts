import test, { type ExecutionContext } from 'ava';
import type { KselftestTest } from '../../../../harness/model/index.ts';
import type { TestRequest } from '../../../../harness/pipeline/suite/stage.ts';
import type { FakeRequest } from '../../../support/fake-guests.ts';
import { type Ran, runFakes } from '../../../support/fake-suites.ts';
import { handGuests } from '../../../support/handed-guests.ts';

const { module: handed, remove } = await handGuests();
test.after.always(remove);

type Programs = NonNullable<FakeRequest['programs']>;

function plain(name: string): KselftestTest {
  return { name, file: `/kselftest/quilt/${name}`, timeoutMs: 1000 };
}

/** Runs the programs of a collection, each with what it prints and how it ends. */
async function runCollection(
  t: ExecutionContext,
  programs: Programs,
  options: Partial<TestRequest> & { readonly more?: readonly KselftestTest[] } = {},
): Promise<Ran> {
  const { more = [], ...rest } = options;
  const tests = [...Object.keys(programs).map(plain), ...more];
  const inGuest = Object.fromEntries(Object.entries(programs).map(([name, does]) => [plain(name).file, does]));
  return await runFakes(
    t,
    {},
    {
      suites: ['kselftest:quilt'],
      kselftest: { 'kselftest:quilt': { tests } },
      guestModule: handed,
      ...rest,
      ...{ fake: { programs: inGuest } },
    },
  );
}

function told({ result }: Ran): string[] {
  return result.cases.map(({ name, outcome }) => `${name}: ${outcome}`).sort();
}

test('each program is a case by its exit status, and the tests that it prints are cases below it', async (t) => {
  const ran = await runCollection(t, {
    seams: { out: 'TAP version 13\n1..2\nok 1 straight\nok 2 zigzag\n' },
    edges: { out: 'TAP version 13\n1..2\nok 1 hem\n# 3 stitches\nnot ok 2 fringe\n', status: 1 },
    unpick: { out: 'pulling\n' },
    tear: { signal: 11 },
  });
  t.deepEqual(told(ran), [
    'edges / fringe: fail',
    'edges / hem: pass',
    'edges: fail',
    'seams / straight: pass',
    'seams / zigzag: pass',
    'seams: pass',
    'tear: fail',
    'unpick: pass',
  ]);
  t.is(ran.case('edges').cause?.summary, '/kselftest/quilt/edges ended with status 1: 1 of its 2 tests does not pass');
  t.is(ran.case('tear').cause?.summary, '/kselftest/quilt/tear was ended by signal 11');
  t.is(ran.case('edges / fringe').cause?.log, 'kselftest-quilt/edges-output.txt');
});

test('status 4 skips, with the reason that the program gave', async (t) => {
  const ran = await runCollection(t, {
    planned: { out: 'TAP version 13\n1..0 # SKIP no thread\n', status: 4 },
    early: { out: 'TAP version 13\n1..5\nok 2 # SKIP needs two needles\n', status: 4 },
    spoken: { out: 'skip all tests: must be run as root\n', status: 4 },
    mute: { status: 4 },
    bails: { out: '1..3\nok 1 straight\n', status: 4 },
  });
  const reasons = Object.fromEntries(ran.result.cases.map(({ name, reason }) => [name, reason]));
  t.like(reasons, {
    planned: 'no thread',
    early: 'needs two needles',
    spoken: 'all tests: must be run as root',
    mute: 'skipped, without a reason',
  });
  t.true(
    ran.result.cases.every(({ outcome }) => outcome === 'skip' || outcome === 'pass'),
    told(ran).join('\n'),
  );
});

test('what is planned and missing fails, also where the program says that all is well', async (t) => {
  const ran = await runCollection(t, { seams: { out: 'TAP version 13\n1..3\nok 1 straight\n' } });
  t.deepEqual(told(ran), ['seams / straight: pass', 'seams / tests 2 to 3: fail', 'seams: pass']);
});

test('totals stand for results that a program does not print one by one', async (t) => {
  const totals = (pass: number, fail: number): string =>
    `TAP version 13\n1..3\nturning\n# Totals: pass:${pass} fail:${fail} xfail:0 xpass:0 skip:0 error:0\n`;
  const ran = await runCollection(t, {
    all: { out: totals(3, 0) },
    none: { out: totals(0, 3) },
    fewer: { out: totals(2, 0) },
    one: { out: totals(2, 1).replace('turning', 'not ok 1 hem') },
  });
  t.deepEqual(told(ran), [
    'all: pass',
    'fewer / tests 1 to 3: fail',
    'fewer: pass',
    'none / tests 1 to 3: fail',
    'none: pass',
    'one / hem: fail',
    'one: pass',
  ]);
  const said = '3 of its tests do not pass, by its own count: pass:0 fail:3 xfail:0 xpass:0 skip:0 error:0';
  t.is(ran.case('none / tests 1 to 3').cause?.summary, said);
});

test('a test that cannot be built is told by name, and the others run', async (t) => {
  const problem = {
    blame: 'user',
    summary: 'knots is linked with -lcap, …',
    excerpt: ['ld: cannot find -lcap'],
  } as const;
  const ran = await runCollection(t, { seams: {} }, { more: [{ ...plain('knots'), problem }] });
  t.deepEqual(told(ran), ['knots: fail', 'seams: pass']);
  t.deepEqual(ran.case('knots').cause, problem);
});

test('a script whose guest lacks a program is not held against the kernel', async (t) => {
  const ran = await runCollection(t, {
    hem: { out: '/kselftest/quilt/hem: 3: dirname: not found\n', status: 127 },
    seams: { out: '/kselftest/quilt/seams: 3: dirname: not found\nbut well\n' },
  });
  t.deepEqual(told(ran), ['hem: fail', 'seams: pass']);
  t.like(ran.case('hem').cause, {
    blame: 'user',
    summary: '/kselftest/quilt/hem calls dirname, which guests do not have',
  });
});

test('a hang, a crash and what came before it', async (t) => {
  const ran = await runCollection(t, {
    hangs: { out: 'TAP version 13\n1..2\nok 1 straight\n', act: 'hang' },
    warns: { out: '1..1\nok 1 hem\n', act: 'warn' },
  });
  t.deepEqual(told(ran), [
    'hangs / straight: pass',
    'hangs / test 2: timeout',
    'hangs: timeout',
    'warns / hem: pass',
    'warns: crash',
  ]);
});

test('one case is found again by its name, be it a program or a test inside', async (t) => {
  const programs = {
    seams: { out: '1..2\nok 1 straight\nok 2 zigzag\n' },
    edges: { out: '1..1\nok 1 straight\n' },
  };
  t.deepEqual(told(await runCollection(t, programs, { match: 'seams / straight' })), ['seams / straight: pass']);
  t.deepEqual(told(await runCollection(t, programs, { match: 'edges' })), ['edges / straight: pass', 'edges: pass']);
});

test('a kernel without its source, and a collection that is not there yet, are skipped', async (t) => {
  const without = await runCollection(t, {}, { kselftest: {} });
  t.regex(without.case('all tests').reason ?? '', /built from the source of the kernel/);
  const reason = 'Linux 6.1 has no kselftest collection "quilt" at this point';
  const early = await runCollection(t, {}, { kselftest: { 'kselftest:quilt': { tests: [], reason } } });
  t.like(early.case('all tests'), { outcome: 'skip', reason });
});
