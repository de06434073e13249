import test from 'ava';
import { runFakes } from '../../support/fake-suites.ts';

const suite = `import { suite } from 'quiltboot/suite';
const { test } = suite();
const table = (count) => 'kmalloc-64 ' + count + ' 4096 64 64 1 : tunables 0 0 0\\ndentry 100 128 192 21 1 : tunables 0 0 0\\n';
const counts = new Map();
test('leaks', async (t, { guest }) => {
  const count = (counts.get('leaks') ?? 100) + 1;
  counts.set('leaks', count);
  await guest.write('/proc/slabinfo', table(count));
  t.pass();
});
test('keeps what it has', async (t, { guest }) => { await guest.write('/proc/slabinfo', table(7)); t.pass(); });
test('passes once', async (t, { guest }) => {
  await t.throwsAsync(guest.read('/mark'));
  await guest.write('/mark', '');
});
test('cannot be looked at', async (t) => { t.pass(); });
test('fails', async (t) => { t.fail(); });
`;

test('a case whose repetitions make a slab cache grow fails, and what could not be searched is said', async (t) => {
  const ran = await runFakes(t, { 'mine.ts': suite }, { leaks: 10, guests: 1 });
  t.like(ran.case('leaks'), { outcome: 'fail' });
  t.is(ran.case('leaks').cause?.summary, 'leaks each time it runs: 1 object of kmalloc-64');
  t.is(ran.case('leaks').cause?.blame, 'kernel');
  t.is(ran.case('keeps what it has').outcome, 'pass');
  t.is(ran.case('passes once').outcome, 'pass');
  t.deepEqual(ran.case('passes once').output, [
    'leaks were not searched: the case does not pass again in the same guest',
  ]);
  t.deepEqual(ran.case('cannot be looked at').output, ['leaks were not searched: the kernel has no /proc/slabinfo']);
  t.is(ran.case('fails').outcome, 'fail');
  t.is(ran.case('fails').output, undefined);
});
