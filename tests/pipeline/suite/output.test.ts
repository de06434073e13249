/** What the code of a case prints stays with the case, and is shown where it fails. */
import test from 'ava';
import { runFakes } from '../../support/fake-suites.ts';

const source = `import { suite } from 'quiltboot/suite';
const { test } = suite({});
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
test('fails', async (t, { guest }) => {
  t.log('asked', 7, 'times');
  console.log('on stdout');
  await wait(20);
  console.error('on stderr, later');
  process.stdout.write('and no end');
  t.deepEqual({ count: 1, name: 'a' }, { count: 2, name: 'a' });
});
test('passes', async (t) => { console.log('all is well'); await wait(10); t.pass(); });
test('says much', (t) => { for (let n = 0; n < 5000; n += 1) console.log('line ' + n); t.fail('enough'); });
test('says nothing', (t) => t.pass());
`;

test('t.log, console and streams are kept with their case, of much the beginning and the count', async (t) => {
  const ran = await runFakes(t, { 'tlog.ts': source });
  const fails = ran.case('fails');
  t.deepEqual([...(fails.output ?? [])].sort(), ['and no end', 'asked 7 times', 'on stderr, later', 'on stdout']);
  const shown = fails.cause?.excerpt ?? [];
  for (const line of ['the case printed:', '  asked 7 times', '  on stdout', '  on stderr, later']) {
    t.true(shown.includes(line), `${line} in ${shown.join('\n')}`);
  }
  // The difference that the assertion found stands before it.
  t.regex(shown.join('\n'), /- +count: 1,\n.*\+ +count: 2,[^]*the case printed:/);
  t.deepEqual(ran.case('passes').output, ['all is well']);
  t.is(ran.case('says nothing').output, undefined);
  const much = ran.case('says much').output ?? [];
  t.is(much.length, 201);
  t.is(much.at(-1), '… and 4800 more lines');
});
