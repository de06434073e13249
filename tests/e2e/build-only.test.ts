import test, { type ExecutionContext } from 'ava';
import { addArchitecture, withCrossTools } from '../support/cross-tools.ts';
import { detail } from '../support/detail.ts';
import { changeSched, fakeProject, latestRun, mail, type Place, schedLine, withFakeQemu } from '../support/program.ts';

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));
const broken = mail(
  'take the order of bytes for granted',
  changeSched('say("log sched: set");', '#ifdef FAKE_BIG', 'int order = missing_order;', '#endif'),
);

/** A project whose tree has arch/arm and arch/powerpc beside those of the fixtures, on a machine with few compilers. */
async function open(
  t: ExecutionContext,
  patches: Readonly<Record<string, string>>,
  flags: Readonly<Record<string, string>> = { armel: '' },
): Promise<Place> {
  const place = await fakeProject(t, patches);
  for (const arch of ['arm', 'powerpc']) await addArchitecture(place, arch);
  return withCrossTools(place, flags);
}

test('all targets: what the tree lacks is left out, what has no compiler is one line to install, the rest is built', async (t) => {
  const place = await open(t, { 'one.patch': fine });
  const { code, out, err } = await place.run('build', '--target', 'all');
  t.is(code, 69, err);
  t.notRegex(err, /Warning/, 'of node, for the many that wait for the same');
  t.regex(
    out,
    /1\s+one\.patch\s+pass build\s+pass build\s+INFRA configure\s+INFRA configure\s+INFRA configure\s+built\s/,
  );
  const lines = err.split('\n').filter((line) => line.includes('apt-get install'));
  t.is(lines.length, 1, err);
  t.regex(lines[0] ?? '', /no compiler for armhf, ppc64le, s390x, ppc64, powerpc: not built/);
  t.regex(lines[0] ?? '', / binutils-powerpc64-linux-gnu .* gcc-arm-linux-gnueabihf gcc-powerpc-linux-gnu /);
  t.notRegex(lines[0] ?? '', /gnueabi /);
  t.regex(err, /left out: this tree has no arch\/arm64, so no arm64/);
  const run = await latestRun(place);
  t.is(run.verdict, 'infra');
  t.true(run.cells.filter(({ target }) => target === 'armel').every((cell) => cell.buildOnly));
  t.false(run.targets.includes('m68k'));

  const without = await place.run('build', '--target', 'all', '--skip-missing');
  t.is(without.code, 0, without.err);
  t.regex(without.err, /left out, for there is no compiler for them: armhf, ppc64le, s390x, ppc64/);
  t.deepEqual((await latestRun(place)).targets, ['x86_64', 'i386', 'armel']);
});

test('a target that nothing boots: refused where nothing else is asked for, else a column of its own that is no boot', async (t) => {
  const tools = await open(t, { 'one.patch': fine });
  const alone = await tools.run('run', '--target', 'armel,ppc64');
  t.is(alone.code, 2);
  t.regex(alone.err, /kernels for armel are built only: quiltboot has no machine that boots them/);
  t.notRegex(alone.err, /^build /m, 'before anything is done');
  const image = await tools.run('boot', '--kernel', 'linux/Makefile', '--target', 'armel');
  t.is(image.code, 2);

  const { place } = await withFakeQemu(t, tools);
  const { code, out, err } = await place.run('boot', '--target', 'x86_64,armel,m68k');
  t.is(code, 1, 'the tree has no m68k, so something was not tested');
  t.regex(err, /not run: this tree has no arch\/m68k, so no m68k/);
  t.regex(out, /1\s+one\.patch\s+pass boot\s+built\s+not run/);
  t.regex(out, /note: built only, nothing boots or tests them: armel, m68k/);
  const cell = (await latestRun(place)).cells.find(({ point, target }) => point === 1 && target === 'armel');
  t.like(cell, { stage: 'build', outcome: 'pass', buildOnly: true });
});

test('a base that does not build is no fault of a patch, and stops its own column alone', async (t) => {
  const place = await open(t, { 'one.patch': fine }, { armel: '', ppc64: '-Dsched_init=1' });
  const { code, out, err } = await place.run('build', '--target', 'x86_64,ppc64,armel');
  t.is(code, 1, err);
  t.regex(out, /0\s+\(base: mini\)\s+pass build\s+FAIL build\s+built/);
  t.regex(out, /1\s+one\.patch\s+pass build\s+not run\s+built/);
  t.regex(out, /fails at the base already\n\s+ppc64: build/);
  t.notRegex(out, /broken by/);
  const last = await place.run('build', '--target', 'x86_64,ppc64', '--points', 'final');
  t.is(last.code, 1);
  t.regex(last.out, /base: the base does not build either: no patch is to blame/, last.err);
  t.regex(last.out, /fails at the base already/);
});

test('what the order of bytes decides is said where two targets agree, those that nothing boots among them', async (t) => {
  const flags = { armel: '', mipsel: '', ppc64: '-DFAKE_BIG', powerpc: '-DFAKE_BIG' };
  const place = await open(t, { 'one.patch': fine, 'two.patch': broken }, flags);
  await addArchitecture(place, 'mips');
  const { code, out, err } = await place.run('build', '--target', 'x86_64,armel,mipsel,ppc64,powerpc');
  t.is(code, 1, err);
  t.regex(out, /broken by 2\/2 \(two\.patch\)/);
  t.regex(out, /ppc64, powerpc: build \(big-endian only: good on x86_64, armel, mipsel\)/);
});

detail(
  'an option that a target does not have is left out and said; one that a patch takes away is its fault',
  async (t) => {
    const takeAway = mail(
      'rename',
      [
        'diff --git a/arch/arm/Kconfig b/arch/arm/Kconfig',
        '--- a/arch/arm/Kconfig',
        '+++ b/arch/arm/Kconfig',
        '@@ -1,2 +1,2 @@',
        '-config RELAY',
        '+config RELAIS',
        ' \tbool "Relays"',
        '',
      ].join('\n'),
    );
    const place = await open(t, { 'one.patch': fine, 'two.patch': takeAway });
    await place.write('base.config', 'CONFIG_PRINTK=y\nCONFIG_RELAY=y\nCONFIG_VOID=y\n');
    const { code, out, err } = await place.run('build', '--target', 'armel');
    t.is(code, 1, err);
    t.regex(err, /armel: its kernels are built without options .*CONFIG_VOID/);
    t.regex(out, /1\s+one\.patch\s+built/);
    t.regex(out, /2\s+two\.patch\s+FAIL configure/);
    t.regex(out, /an option of the fragments did not survive: CONFIG_RELAY$/m);
  },
);
