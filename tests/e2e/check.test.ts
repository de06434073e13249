import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type { CheckReport } from '../../harness/model/index.ts';
import { changeSched, fakeProject, mail, type Place, schedLine } from '../support/program.ts';

/** What the scripts of a kernel tree do, as far as their callers see it. */
const scripts: Readonly<Record<string, string>> = {
  'checkpatch.pl': `#!/usr/bin/perl
my $file = $ARGV[-1]; my $bad = 0;
open(my $in, '<', $file) or die "$file: $!";
while (<$in>) { if (/^\\+.*[ \\t]$/) { print "$file:$.: ERROR:TRAILING_WHITESPACE: trailing whitespace\\n"; $bad = 1; } }
exit $bad;
`,
  'kernel-doc': `#!/usr/bin/perl
# -none: no output
shift @ARGV;
for my $file (@ARGV) { open(my $in, '<', $file) or die; while (<$in>) { print STDERR "$file:$.: warning: nothing said of x\\n" if /undocumented/; } }
`,
  'get_maintainer.pl': `#!/usr/bin/perl
print "M <m\\@example.org> (maintainer:SCHED)\\nlist\\@example.org (open list:SCHED)\\n";
`,
};

async function withScripts(place: Place): Promise<Place> {
  for (const [name, text] of Object.entries(scripts)) {
    await place.write(`linux/scripts/${name}`, text);
  }
  const makefile = path.join(place.directory, 'linux/Makefile');
  const text = await readFile(makefile, 'utf8');
  await place.write(
    'linux/Makefile',
    text.replace('\nall: bzImage\n', '\nKBUILD_CFLAGS += $(if $(W),-Wunused-macros)\n\nall: bzImage\n'),
  );
  return place;
}

const quiet = mail('say more', changeSched(schedLine, 'say("log sched: set"); /* undocumented */'));
const loud = mail(
  'say even more',
  changeSched(
    'say("log sched: set"); /* undocumented */',
    '#define NOBODY 1',
    'say("log sched: set");   ',
    '/* undocumented */ /* undocumented */',
  ),
)
  .replace('From: A Hacker', 'Cc: list@example.org\nFrom: A Hacker')
  .replace('Signed-off-by: A Hacker', 'Fixes: 12345 (nothing)\nSigned-off-by: B Hacker')
  .replace('B Hacker <hacker@example.org>', 'B Hacker <b@example.org>');

test('each patch is checked for what it brings, and what cannot run is told', async (t) => {
  t.timeout(600_000);
  const place = await withScripts(await fakeProject(t, { 'one.patch': quiet, 'two.patch': loud }));
  const { code, out, err } = await place.run(
    'check',
    '--trust',
    '--json',
    '--only',
    'sign-off,fixes,maintainers,checkpatch,kernel-doc,W=1',
  );
  t.is(code, 1, err);
  const { patches } = JSON.parse(out) as CheckReport;
  const told = patches.map(({ checks }) =>
    Object.fromEntries(
      Object.entries(checks).map(([name, one]) => [
        name,
        one.kind === 'cannot'
          ? one.why
          : one.findings.map(({ file, line, text }) => [file, line, text].filter(Boolean).join(' ')),
      ]),
    ),
  );
  t.deepEqual(told[0], {
    'sign-off': [],
    fixes: [],
    maintainers: 'the patch says nobody to whom it was sent',
    checkpatch: [],
    'kernel-doc': ['kernel/sched.c 4 nothing said of x'],
    'W=1': [],
  });
  t.deepEqual(told[1], {
    'sign-off': ['the author, A Hacker <hacker@example.org>, did not sign it off'],
    fixes: ['expected Fixes: 12 digits of the commit ("its subject"), found: Fixes: 12345 (nothing)'],
    maintainers: ['not in Cc: M <m@example.org> (maintainer:SCHED)'],
    checkpatch: ['kernel/sched.c 5 trailing whitespace [TRAILING_WHITESPACE]'],
    'kernel-doc': [],
    'W=1': ['kernel/sched.c 4 macro "NOBODY" is not used [-Wunused-macros]'],
  });
});

test('a tree without the scripts is no pass, and a check that there is not is a mistake', async (t) => {
  t.timeout(600_000);
  const place = await fakeProject(t, { 'one.patch': quiet });
  const { code, out, err } = await place.run('check', '--trust', '--only', 'sign-off,checkpatch,kernel-doc');
  t.is(code, 1, err);
  t.regex(out, /^1 +one\.patch +ok +n\/a +n\/a$/m);
  t.regex(out, /could not run, which is no pass:\n {2}checkpatch: the tree has no scripts\/checkpatch\.pl \(1 patch\)/);
  t.regex(out, /^verdict: untested$/m);
  const typo = await place.run('check', '--only', 'chekpatch');
  t.is(typo.code, 2);
  t.regex(typo.err, /there is no check "chekpatch"[^]*did you mean "?checkpatch/);
  t.is((await place.run('check', '--trust', '--only', 'sign-off')).code, 0);
});
