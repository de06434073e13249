import test from 'ava';
import type { Run } from '../../../harness/model/index.ts';
import { renderReport } from '../../../harness/report/index.ts';
import { built, caseOf, cell, patchesOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

const author = { name: 'Paul M.', email: 'paul@example.org' };
const patches = patchesOf(2).map((patch, index) => ({ ...patch, messageId: `2007.${index + 1}@host.example`, author }));

function of(cells: Run['cells'], more: Partial<Run> = {}): Run {
  return runOf(cells, { series: { name: 'x', patches }, points: [0, 1, 2], targets: ['x86_64'], ...more });
}

interface Mail {
  readonly head: string;
  readonly body: string;
}

/** The mails of an mbox, as a reader takes it apart. */
function mails(run: Run): Mail[] {
  const text = renderReport(run, 'mail');
  return text
    .split(/^From (?=quiltboot )/m)
    .slice(1)
    .map((one) => {
      const at = one.indexOf('\n\n');
      return { head: one.slice(0, at), body: one.slice(at + 2) };
    });
}

const pass = (point: number): Run['cells'][number] => testedCell(point, 'x86_64', { a: 'pass' });

test('the patch that brings a failure is answered, with what is new, what was before, and how to see it again', (t) => {
  const run = of([pass(0), testedCell(1, 'x86_64', { a: 'crash' }), testedCell(2, 'x86_64', { a: 'crash' })]);
  const [only, ...more] = mails(run);
  t.is(more.length, 0, 'the patch after it brings nothing');
  t.regex(only?.head ?? '', /^Subject: Re: \[PATCH 1\/2\] subject a$/m);
  t.regex(only?.head ?? '', /^In-Reply-To: <2007\.1@host\.example>\nReferences: <2007\.1@host\.example>$/m);
  t.regex(only?.head ?? '', /^To: Paul M\. <paul@example\.org>$/m);
  t.notRegex(only?.head ?? '', /^From:/m, 'whoever sends it is its sender');
  t.regex(
    only?.body ?? '',
    /With this patch the case "tasks: a" makes the kernel report a fault\n\(x86_64, Linux 6\.1\.1\):\n\n {2}a is wrong\n/,
  );
  t.regex(only?.body ?? '', /It is fine without the series\.\n\nTo see it again:\n\n {2}quiltboot run/);
  for (const line of (only?.body ?? '').split('\n').filter((one) => !one.startsWith('  ')))
    t.true(line.length <= 72, line);
});

test('what the base has is nobody’s news, nor what an earlier run had', (t) => {
  const base = of([testedCell(0, 'x86_64', { a: 'fail' }), testedCell(1, 'x86_64', { a: 'fail' }), pass(2)]);
  t.notRegex(renderReport(base, 'mail'), /tasks: a/);
  t.regex(renderReport(base, 'mail'), /not everything was tested: 2 cells did not pass/);
  const change = {
    target: 'x86_64',
    stage: 'test',
    suite: 'tasks',
    name: 'a',
    points: [1],
    before: 'fail',
    now: 'fail',
  } as const;
  const against = { id: 'r', started: '', series: 'x', tree: 'linux', kernelVersion: '6.1.1' };
  const common = { against, compared: 3, unmatched: [], warnings: [], sizes: [], config: [] };
  const cells = [pass(0), testedCell(1, 'x86_64', { a: 'fail' }), pass(2)];
  const told = (kind: 'still' | 'new'): string =>
    renderReport(of(cells, { comparison: { ...common, changes: [{ ...change, kind }] } }), 'mail');
  t.notRegex(told('still'), /With this patch/);
  t.regex(told('new'), /With this patch/);
  t.regex(told('new'), /Patch 2 makes it pass again, but every\scommit has to work\./);
});

test('without the base, what may have been there before is no patch’s news', (t) => {
  const mail = renderReport(of([testedCell(2, 'x86_64', { a: 'fail', b: 'fail' })], { points: [2] }), 'mail');
  t.notRegex(mail, /With this patch/);
  t.regex(mail.replaceAll('\n', ' '), /2 failures that the base may have too, which was not run/);
  t.notRegex(mail.replaceAll('\n', ' '), /no case ran/);
});

test('each patch that brings something has a mail, the same on two targets is one story, the rest a list', (t) => {
  const both = (point: number, cases: Parameters<typeof testedCell>[2]): Run['cells'] => [
    testedCell(point, 'x86_64', cases),
    testedCell(point, 's390x', cases),
  ];
  const run = of(
    [
      ...both(0, { a: 'pass', b: 'pass' }),
      ...both(1, { a: 'fail', b: 'fail' }),
      cell({
        point: 2,
        patch: 'b.patch',
        build: {
          ...built,
          outcome: 'fail',
          cause: { blame: 'kernel', summary: 'a.c:1: no semicolon', excerpt: ['From here'] },
        },
      }),
    ],
    { targets: ['x86_64', 's390x'] },
  );
  const [first, second] = mails(run);
  t.regex(first?.body ?? '', /\(x86_64 and s390x, Linux\s6\.1\.1\)/);
  t.regex(first?.body ?? '', /brings 1 other failure:\n\n {2}tasks: b: b is wrong \(x86_64, s390x\)/);
  t.regex(
    second?.body ?? '',
    /With this patch the build fails \(x86_64, Linux 6\.1\.1\):\n\n {2}a\.c:1: no semicolon\n {2}From here/,
  );
});

test('a tag is proposed where all of it ran and passed, and nowhere else', (t) => {
  const tag = /^Tested-by: .* # x86_64$/m;
  const whole = [pass(0), pass(1), pass(2)];
  t.regex(renderReport(of(whole), 'mail'), tag);
  t.regex(renderReport(of(whole), 'mail'), /applied the 2 patches one after the other to Linux 6\.1\.1/);
  const without = (cells: Run['cells'], why: RegExp, more: Partial<Run> = {}): void => {
    const text = renderReport(of(cells, more), 'mail');
    t.notRegex(text, /Tested-by/);
    t.regex(text.replaceAll('\n', ' '), why);
  };
  without(whole.slice(1), /point 0 not run/, { points: [1, 2] });
  without(whole, /3 cells in other shards/, { targets: ['x86_64', 's390x'] });
  without([pass(0), pass(1), testedCell(2, 'x86_64', { a: 'pass', b: 'skip' })], /1 case skipped/);
  without([pass(0), pass(1), cell({ point: 2 })], /no case ran on x86_64/);
  const tries = testResult([caseOf('a', 'pass', { tries: { runs: 3, failed: 1 } })], 'pass');
  without([pass(0), pass(1), testedCell(2, 'x86_64', {}, { test: tries })], /1 flaky case/);
  const known = testResult([caseOf('b', 'pass'), caseOf('a', 'known', { known: { was: 'fail', why: 'w' } })], 'known');
  without([pass(0), pass(1), testedCell(2, 'x86_64', {}, { test: known })], /1 cell did not pass/);
});

test('nothing in a name makes a header, an address or another mail', (t) => {
  const hostile = [
    {
      name: 'a.patch',
      subject: 'x\nBcc: all@example.org',
      author: { name: 'A "B" <c@d>,', email: 'a@b> x' },
      messageId: 'a>\n<b',
    },
  ];
  const run = runOf(
    [
      testedCell(0, 'x86_64', { a: 'pass' }),
      testedCell(1, 'x86_64', { a: 'fail' }, { reproduce: () => 'x\nFrom quiltboot now' }),
    ],
    {
      series: { name: 'x', patches: hostile },
      targets: ['x86_64'],
    },
  );
  const [only, ...more] = mails(run);
  t.is(more.length, 0);
  t.notRegex(only?.head ?? '', /^Bcc/m);
  t.regex(only?.head ?? '', /^To: "A B <c@d>," <a@bx>$/m);
  t.regex(only?.head ?? '', /^In-Reply-To: <ab>$/m);
});

test('a subject beyond ASCII is encoded, and decodes to itself', (t) => {
  const subject = 'Behälter für Prozesse: größer, schöner und länger als eine Zeile';
  const run = runOf([pass(0), testedCell(1, 'x86_64', { a: 'fail' })], {
    series: { name: 'x', patches: [{ name: 'a.patch', subject }] },
    targets: ['x86_64'],
  });
  const head = mails(run)[0]?.head ?? '';
  t.regex(head, /^[\n\u0020-\u007e]*$/);
  const words = [...head.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)].map((match) =>
    Buffer.from(match[1] ?? '', 'base64').toString(),
  );
  t.is(words.join(''), `Re: [PATCH] ${subject}`);
});
