import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { type CaseResult, InterruptedError, UserError } from '../../../harness/model/index.ts';
import { suiteNames } from '../../../harness/pipeline/suite/names.ts';
import { detail } from '../../support/detail.ts';
import { runFakes } from '../../support/fake-suites.ts';

const head = `import { suite } from 'quiltboot/suite';\nconst { test } = suite({ needs: ['containers'] });\n`;

test('a part of a name that no case has is a mistake, not a pass', async (t) => {
  const sources = { 'first.ts': `${head}test('a task moves', (t) => t.pass());\n` };
  const error = await t.throwsAsync(runFakes(t, sources, { match: 'a taks moves' }), { instanceOf: UserError });
  t.is(error.message, 'no case has "a taks moves" in its name');
  t.regex(error.hint ?? '', /suites: first\.ts; --suite takes others/);
});

test('cases pass, are skipped with the patch that brings their feature, and are told live', async (t) => {
  const ran = await runFakes(t, {
    'first.ts': `${head}
import { word } from './_helper.js';
test('writes', async (t, { guest, target, point, dialect, has }) => {
  await guest.write('/a', word);
  t.is(await guest.read('/a'), 'hello');
  t.deepEqual([target, point, dialect, has('tasks')], ['x86_64', 1, {}, false]);
});
test('needs tasks', { needs: ['tasks'] }, (t) => t.fail());
test('skips itself', (t, { skip }) => { skip('no wind'); });
test('needs magic', { needs: ['magic'] }, (t) => t.fail());
`,
    '_helper.ts': `export const word: string = 'hello';\n`,
    'second.ts': `import test from 'quiltboot/suite';\ntest('writes', async (t, { guest }) => { await guest.write('/a', 'x'); t.pass(); });\n`,
  });
  t.is(ran.result.outcome, 'pass');
  t.deepEqual(ran.result.cases.map(({ suite, name, outcome, reason }) => [suite, name, outcome, reason]).sort(), [
    ['first', 'needs magic', 'skip', 'feature magic is not a part of this series'],
    ['first', 'needs tasks', 'skip', 'feature tasks comes with patch 2'],
    ['first', 'skips itself', 'skip', 'no wind'],
    ['first', 'writes', 'pass', undefined],
    ['second', 'writes', 'pass', undefined],
  ]);
  t.is(ran.events.filter((event) => event.type === 'case-end').length, 5);
});

test("failed assertions and unexpected errno are the kernel's, a suite's own errors are its own", async (t) => {
  const ran = await runFakes(t, {
    'blame.ts': `${head}
test('assertion', (t) => { t.is(1, 2, 'the count is wrong'); });
test('errno', async (t, { guest }) => { await guest.read('/nowhere'); t.pass(); });
test('type error', (t, { guest }) => { (guest as any).nothing(); t.pass(); });
test('fails in the guest', async (t, { guest }) => { await guest.sh('false'); t.pass(); });
test('no assertion', async (t, { guest }) => { await guest.write('/a', 'x'); });
`,
  });
  t.is(ran.result.outcome, 'fail');
  const file = path.join(ran.directory, 'blame.ts');
  const assertion = ran.case('assertion');
  t.is(assertion.cause?.blame, 'kernel');
  t.regex(assertion.cause?.summary ?? '', /^blame\.ts:4:\d+: the count is wrong$/);
  t.true(assertion.cause?.excerpt.join('\n').includes('- 1'), assertion.cause?.excerpt.join('\n'));
  t.is(ran.case('errno').cause?.blame, 'kernel');
  t.regex(ran.case('errno').cause?.summary ?? '', /blame\.ts:5:\d+: GuestErrno: open\("\/nowhere"\): ENOENT$/);
  t.is(ran.case('fails in the guest').cause?.blame, 'kernel');
  t.is(ran.case('type error').cause?.blame, 'suite');
  t.regex(ran.case('type error').cause?.summary ?? '', /blame\.ts:6:\d+: TypeError/);
  t.true(ran.case('type error').cause?.excerpt.some((line) => line.includes(file)));
  t.is(ran.case('no assertion').cause?.blame, 'suite');
});

detail('what the agent refuses is never held against the kernel', async (t) => {
  const ran = await runFakes(t, {
    'refusal.ts': `${head}
test('asks for too much', async (t, { guest }) => { await guest.sh('refuse'); t.pass(); });
test('is misunderstood', async (t, { guest }) => { await guest.sh('muddle'); t.pass(); });
`,
  });
  t.like(ran.case('asks for too much'), { outcome: 'fail', cause: { blame: 'suite' } });
  t.regex(ran.case('asks for too much').cause?.summary ?? '', /refusal\.ts:4:\d+: GuestRefusal: fork\(\): no$/);
  t.like(ran.case('is misunderstood'), { outcome: 'not-run', cause: { blame: 'host' } });
});

test('a report of the kernel fails a case whose assertions passed, unless it expects one', async (t) => {
  const ran = await runFakes(t, {
    'splat.ts': `${head}
test('warns', async (t, { guest }) => { await guest.sh('warn'); t.pass(); });
test('warns as expected', async (t, { guest, expectSplat }) => { expectSplat(/quilt_count/); await guest.sh('warn'); t.pass(); });
test('does not warn', async (t, { expectSplat }) => { expectSplat(/quilt_count/); t.pass(); });
test('panics', async (t, { guest }) => { await guest.sh('panic'); t.pass(); });
`,
  });
  const warns = ran.case('warns');
  t.is(warns.outcome, 'crash');
  t.is(warns.cause?.blame, 'kernel');
  t.is(warns.cause?.summary, 'WARNING at kernel/quilt.c:55 in quilt_count');
  t.is(warns.cause?.excerpt[0], 'WARNING: at kernel/quilt.c:55 quilt_count()');
  t.is(warns.splats?.length, 1);
  const log = await readFile(path.join(ran.directory, 'logs', warns.cause?.log ?? ''), 'utf8');
  t.true(log.startsWith('WARNING: at kernel/quilt.c:55'));
  t.is(ran.case('warns as expected').outcome, 'pass');
  t.is(ran.case('does not warn').outcome, 'fail');
  t.is(ran.case('panics').outcome, 'crash');
  t.is(ran.case('panics').cause?.summary, 'panic: quilt');
  t.is(ran.result.outcome, 'crash');
});

test("a guest that does not answer is the kernel's time-out, a promise that never settles the suite's", async (t) => {
  const ran = await runFakes(t, {
    'slow.ts': `import { suite } from 'quiltboot/suite';
const { test } = suite({ timeoutMs: 300 });
test('hangs', async (t, { guest }) => { await guest.sh('hang'); t.pass(); });
test('is stopped', async (t, { guest }) => { await guest.write('/stopped', ''); await guest.sh('hang'); t.pass(); });
test('waits for nothing', async (t) => { await new Promise(() => {}); t.pass(); });
test('goes on', (t) => { t.pass(); });
`,
  });
  const hangs = ran.case('hangs');
  t.is(hangs.outcome, 'timeout');
  t.is(hangs.cause?.blame, 'kernel');
  t.is(hangs.cause?.summary, 'timed out after 0.3 s: the guest did not answer sh("hang")');
  t.deepEqual(hangs.cause?.excerpt, ['waiting for sh("hang")', 'the case did not end: CPU 0 in quilt_wait+0x1']);
  t.like(ran.case('is stopped'), { outcome: 'not-run', cause: { blame: 'host' } });
  t.is(ran.case('waits for nothing').outcome, 'timeout');
  t.is(ran.case('waits for nothing').cause?.blame, 'suite');
  t.is(ran.case('goes on').outcome, 'pass');
});

detail('a guest lost by the machine is tried again, and never held against the kernel', async (t) => {
  const sources = { 'lost.ts': `${head}test('runs', (t) => { t.pass(); });\n` };
  const twice = await runFakes(t, sources, { fake: { lost: 2 } });
  t.is(twice.case('runs').outcome, 'pass');
  const always = await runFakes(t, sources, { fake: { lost: 100 } });
  t.is(always.case('runs').outcome, 'not-run');
  t.is(always.case('runs').cause?.blame, 'host');
  t.is(always.result.outcome, 'not-run');
  t.is(always.result.cause?.blame, 'host');
  const broken = await runFakes(t, sources, { fake: { broken: true } });
  t.is(broken.case('runs').outcome, 'not-run');
  t.is(broken.case('runs').cause?.blame, 'host');
  t.regex(broken.case('runs').cause?.summary ?? '', /there is no guest: no such image$/);
});

test('a suite that cannot be loaded fails with its place, and the others run', async (t) => {
  const ran = await runFakes(t, {
    'syntax.ts': `${head}const x = ;\n`,
    'empty.ts': `export const nothing = 1;\n`,
    'missing.ts': `${head}import { x } from './nowhere.ts';\ntest('a', (t) => t.is(x, 1));\n`,
    'throws.ts': `${head}test('a', (t) => t.pass());\n(undefined as any).foo();\n`,
    'twice.ts': `${head}test('a', (t) => t.pass());\ntest('a', (t) => t.pass());\n`,
    'good.ts': `${head}test('runs', (t) => { t.pass(); });\n`,
  });
  t.is(ran.case('runs').outcome, 'pass');
  const failed = (suite: string): CaseResult | undefined =>
    ran.result.cases.find((each) => each.suite === suite && each.name === 'the suite loads');
  for (const suite of ['syntax', 'empty', 'missing', 'throws', 'twice']) {
    t.is(failed(suite)?.outcome, 'fail', suite);
    t.is(failed(suite)?.cause?.blame, 'suite', suite);
  }
  const summary = (suite: string): string => failed(suite)?.cause?.summary ?? '';
  t.true(summary('syntax').startsWith(`${path.join(ran.directory, 'syntax.ts')}:3:10: `), summary('syntax'));
  t.regex(summary('empty'), /empty\.ts: the suite has no case/);
  t.regex(summary('missing'), /nowhere\.ts/);
  t.regex(summary('throws'), /throws\.ts:4:\d+: Cannot read properties/);
  t.regex(summary('twice'), /twice\.ts:4:\d+: two cases are named "a"/);
});

test('a suite that ends its process is found out, and every other case has its result', async (t) => {
  const ran = await runFakes(t, {
    'exits.ts': `${head}
test('one', async (t) => { await new Promise((r) => setTimeout(r, 50)); t.pass(); });
test('exits', async () => { await new Promise((r) => setTimeout(r, 80)); process.exit(3); });
test('two', async (t) => { await new Promise((r) => setTimeout(r, 300)); t.pass(); });
test('three', (t) => { t.pass(); });
`,
    'loads-and-exits.ts': `${head}test('never', (t) => t.pass());\nprocess.exit(4);\n`,
  });
  for (const name of ['one', 'two', 'three']) t.is(ran.case(name).outcome, 'pass', name);
  t.is(ran.case('exits').outcome, 'fail');
  t.is(ran.case('exits').cause?.blame, 'suite');
  t.is(ran.case('the suite loads').suite, 'loads-and-exits');
});

detail('a process that was killed from outside is not held against anybody but the machine', async (t) => {
  const ran = await runFakes(t, {
    'killed.ts': `${head}test('killed', async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); });\n`,
  });
  t.is(ran.case('killed').outcome, 'not-run');
  t.is(ran.case('killed').cause?.blame, 'host');
});

detail('a filter chooses cases by words of their suite and name', async (t) => {
  const ran = await runFakes(
    t,
    { 'many.ts': `${head}test('red apple', (t) => t.pass());\ntest('green apple', (t) => t.pass());\n` },
    { match: 'many › GREEN' },
  );
  t.deepEqual(
    ran.result.cases.map(({ name }) => name),
    ['green apple'],
  );
});

test('cases that fail are run again, and those that went either way are told as flaky', async (t) => {
  const ran = await runFakes(
    t,
    {
      'again.ts': `${head}
import { existsSync, writeFileSync } from 'node:fs';
const before = (name: string): boolean => {
  const file = new URL(name, import.meta.url);
  const there = existsSync(file);
  writeFileSync(file, '');
  return there;
};
test('passes', (t) => { t.false(before('passes')); });
test('fails once', (t) => { t.true(before('once')); });
test('fails', (t) => { t.true(false); });
test('crashes once', async (t, { guest }) => { if (!before('crash')) await guest.sh('warn'); t.pass(); });
`,
    },
    { reruns: { times: 2, tolerated: 1 } },
  );
  t.is(ran.case('passes').tries, undefined, 'it was not run again');
  t.like(ran.case('fails once'), { outcome: 'pass', tries: { runs: 3, failed: 1 } });
  t.is(ran.case('fails once').cause?.blame, 'kernel');
  t.like(ran.case('fails'), { outcome: 'fail', tries: { runs: 3, failed: 3 } });
  t.like(
    ran.case('crashes once'),
    { outcome: 'crash', tries: { runs: 3, failed: 1 } },
    'what the kernel said stays said',
  );
  t.is(ran.result.outcome, 'crash');
  const log = await readFile(path.join(ran.directory, 'logs', ran.case('crashes once').cause?.log ?? ''), 'utf8');
  t.true(log.startsWith('WARNING: at kernel/quilt.c:55'), 'the log is that of the failure');
});

test('an interruption ends the suites', async (t) => {
  const stop = new AbortController();
  const sources = {
    'long.ts': `${head}test('long', async () => { await new Promise((r) => setTimeout(r, 60_000)); });\n`,
  };
  setTimeout(() => stop.abort(), 1500);
  await t.throwsAsync(runFakes(t, sources, { signal: stop.signal }), { instanceOf: InterruptedError });
});

test('suites of one name in two directories keep apart', (t) => {
  t.deepEqual(suiteNames(['/a/tasks.ts', '/b/tasks.ts', '/b/proc.test.ts']), ['a/tasks', 'b/tasks', 'proc']);
});

test('a dialect is what the directory of a suite brings by that name, and its differences skip cases', async (t) => {
  const sources = {
    'dialects/plain.ts': `export default { word: 'a', differences: {} };`,
    'dialects/odd.ts': `export default { word: 'b', differences: { 'is-odd': 'odd kernels differ' } };`,
    'dialects/index.ts': `export { default } from './plain.ts';`,
    'suite.ts': `${head}test('tells', { differs: ['is-odd'] }, (t, { dialect }) => t.is(dialect.word, 'a'));\n`,
  };
  t.is((await runFakes(t, sources)).case('tells').outcome, 'pass');
  t.is((await runFakes(t, sources, { dialect: 'plain' })).case('tells').outcome, 'pass');
  t.like((await runFakes(t, sources, { dialect: 'odd' })).case('tells'), {
    outcome: 'skip',
    reason: 'odd: odd kernels differ',
  });
});
