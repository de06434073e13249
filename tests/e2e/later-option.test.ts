/** A fragment that is there from the beginning may ask for an option that the series brings. */
import test from 'ava';
import { changeSched, fakeProject, latestRun, mail, schedLine } from '../support/program.ts';

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));
const bring = mail(
  'bring relays',
  [
    'diff --git a/init/Kconfig b/init/Kconfig',
    '--- a/init/Kconfig',
    '+++ b/init/Kconfig',
    '@@ -1,2 +1,5 @@',
    '+config RELAY',
    '+\tbool "Relays"',
    '+',
    ' config BASE',
    ' \tdef_bool y',
    '',
  ].join('\n'),
);

test('points before the patch that brings it are built without, and that is said', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine, 'two.patch': bring });
  await place.write('base.config', 'CONFIG_PRINTK=y\nCONFIG_RELAY=y\n');
  const { code, out, err } = await place.run('build');
  t.is(code, 0, out + err);
  t.regex(err, /x86_64: CONFIG_RELAY comes with two\.patch: points before it are built without it/);
  const { cells, notes } = await latestRun(place);
  t.deepEqual(
    cells.map(({ point, outcome }) => [point, outcome]),
    [
      [0, 'pass'],
      [1, 'pass'],
      [2, 'pass'],
    ],
  );
  t.true(notes.some((note) => note.includes('CONFIG_RELAY comes with two.patch')));

  const one = await place.run('build', '--points', '1');
  t.is(one.code, 0, one.err);
  await place.write('base.config', 'CONFIG_PRINTK=y\nCONFIG_RELAI=y\n');
  const mistyped = await place.run('build');
  t.is(mistyped.code, 2, mistyped.out + mistyped.err);
  t.regex(mistyped.out, /did not survive: CONFIG_RELAI\b/);
});
