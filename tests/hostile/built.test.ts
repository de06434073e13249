/** Hostile series, built by the real program in one cache, one after the other; and then an innocent one. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { trySandbox } from '../../harness/host/sandbox/sandbox.ts';
import { type SandboxName, sandboxNames } from '../../harness/model/index.ts';
import { long } from '../support/detail.ts';
import { newFileDiff } from '../support/new-file.ts';
import { changeSched, fakeProject, latestRun, mail, type Place, placeIn, schedLine } from '../support/program.ts';
import { type HostileBuild, hostileBuilds } from './corpus/builds.ts';

const secret = 'a secret that nobody gave away';
const variable = 'a variable that nobody gave away';

const program = (name: string, text: string): string => newFileDiff(name, text.split('\n'), '100755');

/** Where a sandbox leaves everything under its own name, the places that bubblewrap has at the root. */
const ownNames = 'L=$(cd "$(dirname "$0")/.."; pwd); B=$PWD; O=$B/../own; C=$B/../ccache; export L B O C\n';

function inPlace(commands: string): string {
  const places = { '/linux': '$L', '/build': '$B', '/quiltboot': '$O', '/ccache': '$C' };
  return ownNames + Object.entries(places).reduce((text, [place, name]) => text.replaceAll(place, name), commands);
}

/** A patch that runs the commands where they are meant to run. */
function evilPatch(
  { atEnd = 'true', configuring = 'true', files = {} }: HostileBuild,
  home: string,
  renames: boolean,
): string {
  const script = (commands: string): string => (renames ? commands : inPlace(commands)).replaceAll('HOME', home);
  return mail(
    'clean up',
    [
      'diff --git a/Makefile b/Makefile',
      '--- a/Makefile',
      '+++ b/Makefile',
      '@@ -55,3 +55,4 @@',
      ' \t@mv $(KCONFIG_CONFIG).new $(KCONFIG_CONFIG)',
      ' \t@echo "# configuration written to $(KCONFIG_CONFIG)"',
      '+\t@sh $(srctree)/scripts/early.sh',
      ' ',
      '@@ -126,3 +127,4 @@',
      ' bzImage: $(image)',
      ' \t@echo "Kernel: $(image) is ready"',
      '+\t+@sh $(srctree)/scripts/late.sh',
      ' ',
      program('scripts/early.sh', script(configuring)),
      ...Object.entries({ 'scripts/late.sh': script(atEnd), ...files }).map(([name, text]) => program(name, text)),
    ].join('\n'),
  );
}

/** A project whose user has a home with a secret, and another in the environment. */
async function ground(
  t: ExecutionContext,
  sandbox: SandboxName,
): Promise<{ readonly place: Place; readonly home: string }> {
  const plain = await fakeProject(t, { 'evil.patch': '' });
  const project = await readFile(path.join(plain.directory, 'quiltboot.yaml'), 'utf8');
  // Scripts are no part of a kernel; these tests ask for more than what was compiled.
  await plain.write('quiltboot.yaml', project.replace('{queue: patches}', '{queue: patches, uncovered: allow}'));
  const home = path.join(plain.directory, 'home');
  await mkdir(home);
  await writeFile(path.join(home, 'secret'), secret);
  const more = { HOME: home, CI_TOKEN: variable, QUILTBOOT_SANDBOX: sandbox };
  return { place: placeIn(plain.directory, { ...plain.env, ...more }), home };
}

async function everyFile(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

const words = ['build', '--target', 'x86_64'] as const;

/** What is wrong with the end of a run of a hostile series; nothing where it was contained. */
async function problemsOf(
  { contained }: HostileBuild,
  place: Place,
  home: string,
  sandbox: SandboxName,
): Promise<string[]> {
  const started = performance.now();
  // Started, not run: that would repeat its failure, and a hostile build need not do the same twice.
  const { code, out, err } = await place.start(...words).ended;
  if (code !== 0 && code !== 1) return [`it ended with ${code ?? '?'}: ${out}${err}`];
  const run = await latestRun(place);
  const { cells } = run;
  const told = `${out}${err}${await everyFile(path.join(place.directory, '.quiltboot'))}`;
  const printed = Buffer.from(variable).toString('base64').slice(4, 24);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|##\[|^::/m;
  const checks: readonly (readonly [boolean, string])[] = [
    [performance.now() - started > 10 * 60_000, 'it took minutes'],
    [code !== (contained === undefined ? 0 : 1), `it ended with ${code}: ${out}${err}`],
    [contained !== undefined && !contained.test(out), `it does not say why: ${out}`],
    [run.sandbox?.builds !== sandbox, `it was built in ${run.sandbox?.builds ?? 'nothing'}`],
    [cells.some(({ cause }) => cause !== null && cause.blame === 'host'), `it blames others: ${out}`],
    [(await readdir(home)).join() !== 'secret', 'something came into being outside'],
    [(await readFile(path.join(home, 'secret'), 'utf8')) !== secret, 'a file of the user was changed'],
    [[secret, variable, printed].some((text) => told.includes(text)), 'a secret was printed'],
    [harmful.test(`${out}${err}`), `it prints what takes over a terminal: ${JSON.stringify(out + err)}`],
  ];
  return checks.flatMap(([failed, what]) => (failed ? [what] : []));
}

/** All of them in the strongest sandbox; in the others those that meet its walls, unless all tests were asked for. */
const tried = await Promise.all(sandboxNames.map(async (name) => ({ name, sandbox: await trySandbox(name) })));
for (const { name, sandbox } of tried) {
  const built = typeof sandbox === 'string' ? test.serial.skip : test.serial;
  const which = name === sandboxNames[0] || long ? hostileBuilds : hostileBuilds.filter(({ walls }) => walls);
  built(`${name}: every hostile build is contained, and the next series gets what it would get alone`, (t) =>
    contained(t, name, which),
  );
}

async function contained(t: ExecutionContext, name: SandboxName, cases: readonly HostileBuild[]): Promise<void> {
  t.timeout(40 * 60_000);
  const { place, home } = await ground(t, name);
  const wrong: string[] = [];
  for (const one of cases) {
    await place.write('patches/evil.patch', evilPatch(one, home, name === 'bubblewrap'));
    const problems = await problemsOf(one, place, home, name);
    if (problems.length > 0) wrong.push(`${one.tries}: ${problems.join('; ')}`);
  }
  t.deepEqual(wrong, []);

  const innocent = { 'say.patch': mail('say something', changeSched(schedLine, 'say("log sched: innocent");')) };
  const alone = await fakeProject(t, innocent);
  t.is((await alone.run(...words)).code, 0);
  const expected = (await latestRun(alone)).cells.map(({ imageHash }) => imageHash);
  const after = await fakeProject(t, innocent);
  const shared = placeIn(after.directory, { ...place.env });
  t.is((await shared.run(...words, '--fresh')).code, 0);
  t.deepEqual(
    (await latestRun(shared)).cells.map(({ imageHash }) => imageHash),
    expected,
  );
  const broken = mail('break it', changeSched(schedLine, 'return missing_thing;'));
  await shared.write('patches/say.patch', broken);
  const refused = await shared.run(...words);
  t.is(refused.code, 1, refused.out);
  t.regex(refused.out, /missing_thing/);
}
