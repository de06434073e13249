import test from 'ava';
import { crowding } from '../../../harness/host/machine.ts';
import { firstDeadlines, scaledDeadlines, slownessOf } from '../../../harness/pipeline/guest/deadlines.ts';

test('an image of which nothing is known gets the usual deadlines', (t) => {
  t.deepEqual(scaledDeadlines(undefined), firstDeadlines);
  t.is(slownessOf(undefined), 1);
});

test('a fast image is found hanging sooner, a slow one is given its time', (t) => {
  const fast = scaledDeadlines(500);
  t.true(fast.bootMs < firstDeadlines.bootMs);
  t.true(fast.callMs < firstDeadlines.callMs);
  t.is(fast.commandMs, firstDeadlines.commandMs, 'a command may take its time on any machine');
  const slow = scaledDeadlines(30_000);
  t.true(slow.bootMs > 10 * 30_000);
  t.true(slow.callMs > firstDeadlines.callMs);
  t.is(slow.commandMs, 15 * firstDeadlines.commandMs);
  t.is(slownessOf(30_000), 15);
});

test('waiting processes make a machine crowded, within bounds', (t) => {
  t.is(crowding(0.1, 2), 1);
  t.is(crowding(6, 2), 3);
  t.is(crowding(500, 2), 5);
});
