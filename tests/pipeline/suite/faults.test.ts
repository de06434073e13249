import test from 'ava';
import type { CaseResult } from '../../../harness/model/index.ts';
import { countFaults, faultWords } from '../../../harness/model/index.ts';
import { runFakes } from '../../support/fake-suites.ts';
import { handGuests } from '../../support/handed-guests.ts';

const suite = (...cases: readonly string[]): string =>
  `import { suite } from 'quiltboot/suite';\nconst { test } = suite();\n${cases.join('\n')}\n`;
/** A case with allocations; each says what happens where it fails. */
const allocates = (name: string, kinds: readonly string[], options = '{}'): string =>
  `test('${name}', ${options}, async (t, { guest }) => {
    for (const kind of ${JSON.stringify(kinds)}) t.is(await guest.sh('allocate ' + kind), 'whole');
  });`;
/** The same, but what the calls answer is of no interest. */
const survives = (name: string, kinds: readonly string[]): string =>
  `test('${name}', async (t, { guest }) => {
    for (const kind of ${JSON.stringify(kinds)}) await guest.sh('allocate ' + kind);
    t.pass();
  });`;

const words = ({ faults }: CaseResult): string => (faults ? faultWords(faults) : 'nothing is known');

test('the allocations of a case that passes fail one by one, until none does', async (t) => {
  const source = suite(
    allocates('is refused', ['refuse', 'refuse', 'refuse']),
    survives('does not notice', ['survive', 'quietly']),
    survives('crashes', ['refuse', 'warn', 'refuse']),
    survives('takes the guest along', ['panic']),
    allocates('is wrong', ['refuse', 'short']),
    "test('asks for nothing', (t) => t.pass());",
    "test('fails', (t) => t.fail());",
  );
  const ran = await runFakes(t, { 'mine.ts': source }, { faults: 50 });
  t.is(words(ran.case('is refused')), '3 allocations failed one by one: 3 refused cleanly');
  t.is(ran.case('is refused').outcome, 'pass');
  t.is(words(ran.case('does not notice')), '2 allocations failed one by one: 2 refused cleanly');
  const crashed = ran.case('crashes');
  t.like(crashed, { outcome: 'fail', cause: { blame: 'kernel', summary: words(crashed) } });
  t.is(words(crashed), '3 allocations failed one by one: 2 refused cleanly, 1 crash in quilt_show()');
  t.is(
    crashed.cause?.excerpt[0],
    'allocation 2, asked for in quilt_alloc(): crash: WARNING at kernel/quilt.c:55 in quilt_count',
  );
  t.is(crashed.cause?.log, 'mine/crashes-allocation-2.log');
  t.is(words(ran.case('takes the guest along')), '1 allocation failed one by one: 1 crash');
  const wrong = ran.case('is wrong');
  t.is(wrong.outcome, 'pass');
  t.is(words(wrong), '2 allocations failed one by one: 1 refused cleanly, 1 wrong result');
  t.like(wrong.faults?.findings[0], { nth: 2, end: 'wrong', asked: 'quilt_alloc' });
  t.is(words(ran.case('asks for nothing')), 'no allocation to fail');
  t.is(ran.case('fails').faults, undefined);
});

test('memory that is leaked when an allocation fails fails the case', async (t) => {
  const source = suite(survives('leaks', ['refuse', 'leak']));
  const ran = await runFakes(t, { 'mine.ts': source }, { faults: 50, fake: { faults: 'kmemleak' } });
  t.is(ran.case('leaks').outcome, 'fail');
  t.is(words(ran.case('leaks')), '2 allocations failed one by one: 1 refused cleanly, 1 leak in quilt_open()');
  t.is(ran.case('leaks').faults?.leaksUnknown, undefined);
  const blind = await runFakes(t, { 'mine.ts': source }, { faults: 50 });
  t.like(blind.case('leaks'), { outcome: 'pass', faults: { leaksUnknown: true } });
});

test('a call that does not end is a hang, and a few of them are enough', async (t) => {
  const source = suite(allocates('hangs', ['hang', 'hang', 'hang', 'hang'], '{ timeoutMs: 150 }'));
  const ran = await runFakes(t, { 'mine.ts': source }, { faults: 50 });
  t.is(ran.case('hangs').outcome, 'fail');
  t.is(words(ran.case('hangs')), '3 allocations failed one by one: 3 hangs; the others did not: 3 runs did not end');
});

test('a bound is told where it is met', async (t) => {
  const source = suite(allocates('makes many', ['refuse', 'refuse', 'refuse']));
  const ran = await runFakes(t, { 'mine.ts': source }, { faults: 2 });
  t.is(
    words(ran.case('makes many')),
    'the first 2 allocations failed one by one: 2 refused cleanly; no more than 2 were asked for',
  );
});

test('what could not be made to fail is told with the reason', async (t) => {
  const source = suite(
    allocates('allocates', ['refuse']),
    allocates('shares', ['refuse'], "{ isolation: 'shared' }"),
    `let runs = 0;
    test('passes once', async (t, { guest }) => { await guest.sh('allocate refuse'); runs += 1; t.true(runs < 2); });`,
  );
  const unswept = ({ faults }: CaseResult): string | undefined => faults?.unswept;
  const fine = await runFakes(t, { 'mine.ts': source }, { faults: 50 });
  t.is(unswept(fine.case('shares')), 'the case shares its guest');
  t.regex(unswept(fine.case('passes once')) ?? '', /^the case does not pass again though none fails: /);
  t.is(countFaults(fine.case('passes once').faults ?? { counts: {} as never }), 1);
  const old = await runFakes(
    t,
    { 'mine.ts': source },
    { faults: 50, fake: { faults: 'none' }, kernel: { image: '{"faults":"none"}', kernelVersion: '2.6.22' } },
  );
  t.is(unswept(old.case('allocates')), 'Linux 2.6.22 has no fail-nth, which came with 4.14');
  const stock = await runFakes(t, { 'mine.ts': source }, { faults: 50, fake: { faults: 'none' } });
  t.is(
    unswept(stock.case('allocates')),
    'the kernel has no /proc/self/fail-nth: it is compiled without CONFIG_FAULT_INJECTION',
  );
  const lost = await runFakes(t, { 'mine.ts': source }, { faults: 50, fake: { faults: 'lost' } });
  t.is(unswept(lost.case('allocates')), 'a process ended while its allocations were counted');
  const blind = await runFakes(t, { 'mine.ts': source }, { faults: 50, fake: { faults: 'unarmed' } });
  t.regex(unswept(blind.case('allocates')) ?? '', /does not see its \/proc/);
});

test('programs are not made to fail, and say so', async (t) => {
  const { module: handed, remove } = await handGuests();
  t.teardown(remove);
  const { result } = await runFakes(
    t,
    {},
    {
      faults: 50,
      guestModule: handed,
      programs: { wind: { name: 'wind', argv: ['/bin/wind'], pass: 'exit status', timeoutMs: 1000 } },
      fake: { programs: { '/bin/wind': {} } },
    },
  );
  t.like(result.cases[0], { outcome: 'pass', faults: { unswept: 'a program makes its calls itself' } });
});
