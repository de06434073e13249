import test from 'ava';
import type { Splat } from '../../../harness/model/index.ts';
import { judgeCase, type Observed } from '../../../harness/suite/verdict.ts';

const plain: Observed = {
  error: undefined,
  isFromGuest: () => false,
  timedOut: false,
  timeoutMs: 1000,
  pending: [],
  splats: [],
  expected: [],
  file: '/suite.ts',
};

function splat(title: string, severity: Splat['severity'] = 'error', more: Partial<Splat> = {}): Splat {
  return { family: 'warning', title, severity, excerpt: [title], ...more };
}

test('of several reports the first is the headline, whatever comes of it, and the others are listed', (t) => {
  const splats = [
    splat('BUG: KASAN: use-after-free in a', 'error'),
    splat('list_del corruption', 'fatal'),
    splat('panic', 'fatal'),
  ];
  const { outcome, cause } = judgeCase({ ...plain, splats });
  t.is(outcome, 'crash');
  t.is(cause?.summary, 'BUG: KASAN: use-after-free in a (and 2 more)');
  t.deepEqual(cause?.excerpt.slice(-2), ['also: list_del corruption', 'also: panic']);
});

test('what a checker says of itself is no headline, and an expected report neither', (t) => {
  const splats = [splat('lockdep is off', 'coverage'), splat('wanted'), splat('the one')];
  t.is(judgeCase({ ...plain, splats, expected: [/^wanted$/] }).cause?.summary, 'the one');
});

test('a sanitizer tells who allocated the memory and who freed it', (t) => {
  const excerpt = [
    'BUG: KASAN: use-after-free in pulse_read+0x50/0x80',
    'Call Trace:',
    ' pulse_read+0x50/0x80',
    '',
    'Allocated by task 80:',
    ' kasan_save_stack+0x1e/0x40',
    ' pulse_open+0x30/0x60',
    '',
    'Freed by task 85:',
    ' ____kasan_slab_free+0x1e/0x40',
    ' pulse_release+0x30/0x60',
    '',
    'The buggy address belongs to the object at 0',
  ];
  const trace = [{ function: 'pulse_read', offset: 0x50, size: 0x80 }];
  const { cause } = judgeCase({ ...plain, splats: [splat('KASAN', 'error', { family: 'sanitizer', excerpt, trace })] });
  t.deepEqual(cause?.excerpt.slice(-4), [
    'Allocated by task 80:',
    '  pulse_open+0x30/0x60',
    'Freed by task 85:',
    '  pulse_release+0x30/0x60',
  ]);
});

test('a case whose log is not whole is no pass', (t) => {
  t.is(judgeCase({ ...plain, dropped: 0 }).outcome, 'pass');
  const { outcome, cause } = judgeCase({ ...plain, dropped: 12 });
  t.is(outcome, 'fail');
  t.regex(cause?.summary ?? '', /^the log is incomplete: the console dropped 12 messages/);
});

test('a guest that says that it ends, and then answers nothing, has not timed out', (t) => {
  const silent = { ...plain, timedOut: true, pending: ['sh("poweroff")'] };
  t.is(judgeCase(silent).outcome, 'timeout');
  const { outcome, cause } = judgeCase({ ...silent, goodbye: 'reboot: Power down' });
  t.is(outcome, 'crash');
  t.is(cause?.summary, 'the guest was told to end: reboot: Power down');
  t.is(judgeCase({ ...silent, goodbye: 'reboot: Power down', endExpected: true }).outcome, 'timeout');
});

test('the place of an assertion is found whatever the path of its suite holds', (t) => {
  for (const file of ['/a/my tests/x.test.ts', '/a/b (c)/x.test.ts', '/a/x:3/é.test.ts']) {
    for (const [stack, name] of [
      [`Error\n    at run (${file}:5:3)`, 'in a function'],
      [`Error\n    at ${file}:5:3`, 'at the top'],
      [`Error\n    at async file://${encodeURI(file)}?v=1:5:3`, 'as an address'],
    ] as const) {
      const error = Object.assign(new Error('1 is not 2'), { name: 'AssertionError', assertionStack: stack });
      const { cause } = judgeCase({ ...plain, file, error });
      t.is(cause?.summary, 'x.test.ts:5:3: 1 is not 2'.replace('x', file.endsWith('é.test.ts') ? 'é' : 'x'), name);
    }
  }
});
