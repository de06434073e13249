import test from 'ava';
import { droppedMessages } from '../../../../harness/guest/log/index.ts';

test('dropped messages are counted over the whole log', (t) => {
  t.is(
    droppedMessages([
      '[    1.000000] ** 12 printk messages dropped **',
      'x',
      '** 3 printk messages dropped ** [    2.000000] y',
    ]),
    15,
  );
  t.is(droppedMessages(['printk: 5 messages suppressed.', '** replaying previous printk message **']), 0);
});
