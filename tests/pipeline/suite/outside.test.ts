/** What guests do before, between and after the cases, and how they end. */
import test from 'ava';
import { detail } from '../../support/detail.ts';
import { runFakes } from '../../support/fake-suites.ts';

const head = `import { suite } from 'quiltboot/suite';\nconst { test } = suite({});\n`;
const shared = `import { suite } from 'quiltboot/suite';\nconst { test } = suite({ isolation: 'shared' });\n`;
const sleep = 'const sleep = (ms) => new Promise((done) => setTimeout(done, ms));\n';

test('a guest that goes by itself while its case has nothing against it fails the case', async (t) => {
  const ran = await runFakes(t, {
    'gone.ts': `${head}
test('is switched off', async (t, { guest }) => { await guest.sh('off'); t.pass(); });
test('reboots', async (t, { guest }) => { await guest.sh('reset'); t.pass(); });
test('is about to go', async (t, { guest }) => { await guest.sh('going'); t.pass(); });
test('skips itself', async (t, { guest, skip }) => { await guest.sh('off'); skip('no wind'); });
test('wants it', async (t, { guest, expectEnd }) => { expectEnd(); await guest.sh('reset'); t.pass(); });
test('wants it in vain', async (t, { guest, expectEnd }) => { expectEnd(); await guest.sh('true'); t.pass(); });
test('is well', async (t, { guest }) => { await guest.sh('true'); t.pass(); });
`,
  });
  t.deepEqual(ran.result.cases.map(({ name, outcome, cause }) => [name, outcome, cause?.summary]).sort(), [
    ['is about to go', 'crash', 'the guest was told to end: Power down.'],
    ['is switched off', 'crash', 'the guest is gone: exit'],
    ['is well', 'pass', undefined],
    ['reboots', 'crash', 'the guest is gone: reboot'],
    ['skips itself', 'crash', 'the guest is gone: exit'],
    ['wants it in vain', 'fail', 'the guest did not end'],
    ['wants it', 'pass', undefined],
  ]);
});

test('what a guest of its own says before and after its case belongs to the case, and says when', async (t) => {
  const early = await runFakes(
    t,
    { 'early.ts': `${head}${sleep}test('waits', async (t, { guest }) => { await sleep(60); t.pass(); });\n` },
    { fake: { later: [{ ms: 0, script: 'warn' }] } },
  );
  t.regex(early.case('waits').cause?.summary ?? '', /WARNING at kernel\/quilt\.c:55/);
  const booted = await runFakes(
    t,
    { 'booted.ts': `${head}test('is quick', (t) => t.pass());\n` },
    { fake: { now: 'warn' } },
  );
  t.regex(booted.case('is quick').cause?.summary ?? '', /^while its guest came up: WARNING at kernel\/quilt\.c:55/);
  const late = await runFakes(
    t,
    { 'late.ts': `${head}test('is quick', (t) => t.pass());\n` },
    { fake: { atClose: 'warn' } },
  );
  t.like(late.case('is quick'), { outcome: 'crash' });
  t.regex(late.case('is quick').cause?.summary ?? '', /^after the case, before its guest was closed: WARNING/);
});

test('a report between two cases of a shared guest is a result of its own, and the next case has another guest', async (t) => {
  const ran = await runFakes(
    t,
    {
      'gap.ts': `${shared}${sleep}
test('first', async (t, { guest }) => { await guest.sh('after 40 warn'); t.pass(); });
test('second', async (t, { guest }) => { t.is(guest.splats().length, 0); });
`,
      'other.ts': `${shared}${sleep}
test('keeps them apart', async (t) => { await sleep(200); t.pass(); });
`,
    },
    { guests: 1 },
  );
  t.is(ran.case('first').outcome, 'pass');
  t.is(ran.case('second').outcome, 'pass');
  const gap = ran.case('after "first"');
  t.like(gap, { suite: 'gap', outcome: 'crash' });
  t.regex(
    gap.cause?.summary ?? '',
    /^(?:between "first" and "second"|after "first").*: WARNING at kernel\/quilt\.c:55/,
  );
  t.is(ran.result.outcome, 'crash');
});

detail('a shared guest that dies between two cases is told, and so is a report after the last case', async (t) => {
  const died = await runFakes(t, {
    'died.ts': `${shared}${sleep}
test('first', async (t, { guest }) => { await guest.sh('after 5 off'); t.pass(); });
test('second', async (t, { guest }) => { await sleep(30); t.pass(); });
`,
  });
  t.true(
    died.result.cases.some(({ outcome, cause }) => outcome === 'crash' && /gone: exit/.test(cause?.summary ?? '')),
  );
  const last = await runFakes(
    t,
    { 'last.ts': `${shared}test('only', async (t, { guest }) => { await guest.sh('true'); t.pass(); });\n` },
    { fake: { atClose: 'warn' } },
  );
  t.is(last.case('only').outcome, 'pass');
  t.regex(
    last.case('after "only"').cause?.summary ?? '',
    /^after "only", the last case of its guest: WARNING at kernel\/quilt\.c:55/,
  );
});

test('the boot that the guests come from and the shutdown have results of their own where they report', async (t) => {
  const source = { 'ends.ts': `${head}test('is well', (t) => t.pass());\n` };
  const ran = await runFakes(t, source, { fake: { booted: 'warn', shutDown: 'warn' } });
  t.is(ran.case('is well').outcome, 'pass');
  t.regex(ran.case('the guest boots').cause?.summary ?? '', /^while the guest booted: WARNING/);
  t.regex(ran.case('the guest shuts down').cause?.summary ?? '', /^while the guest shut down: WARNING/);
  const well = await runFakes(t, source);
  t.deepEqual(
    well.result.cases.map(({ name }) => name),
    ['is well'],
  );
});

test('a report behind half a line on the console fails the case', async (t) => {
  const ran = await runFakes(t, {
    'half.ts': `${head}test('prints', async (t, { guest }) => { await guest.sh('half'); t.pass(); });\n`,
  });
  t.like(ran.case('prints'), { outcome: 'crash' });
  t.regex(ran.case('prints').cause?.summary ?? '', /^WARNING at kernel\/quilt\.c:55/);
});

detail('the name of a gap chooses the case before it', async (t) => {
  const sources = {
    'gap.ts': `${shared}
test('first', async (t, { guest }) => { await guest.sh('warn'); t.pass(); });
test('second', (t) => t.pass());
`,
  };
  const ran = await runFakes(t, sources, { match: 'after "first"' });
  t.deepEqual(
    ran.result.cases.map(({ name }) => name),
    ['first'],
  );
});
