import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type CommandResult, runProcess } from '../../harness/host/process.ts';
import { detail } from '../support/detail.ts';
import { fakeCommand, pathWithout } from '../support/path-without.ts';

const root = path.resolve(import.meta.dirname, '../..');

async function temporary(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'quiltboot-setup-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

interface Machine {
  readonly bin: string;
  readonly calls: () => Promise<string>;
  readonly setup: (...words: readonly string[]) => Promise<CommandResult>;
}

/** A machine that lacks bc, ccache and gpg, with an apt-get that notes how it is called. */
async function machine(t: ExecutionContext, user: '0' | '1000', apt: string): Promise<Machine> {
  const directory = await temporary(t);
  const bin = await pathWithout(path.join(directory, 'bin'), ['bc', 'ccache', 'gpg', 'apt-get', 'sudo', 'id']);
  const log = path.join(directory, 'calls');
  await writeFile(log, '');
  await fakeCommand(bin, 'id', `echo ${user}`);
  await fakeCommand(bin, 'apt-get', `echo "apt-get $*" >> ${log}\n${apt.replaceAll('BIN', bin)}`);
  return {
    bin,
    calls: () => readFile(log, 'utf8'),
    setup: (...words) =>
      runProcess({
        argv: [process.execPath, '--import=tsx', 'scripts/setup.ts', ...words],
        cwd: root,
        env: { PATH: bin },
      }),
  };
}

const installs =
  'case "$*" in *install*) for name in bc ccache; do printf "#!/bin/sh\\necho $name 1.0\\n" > BIN/$name; chmod +x BIN/$name; done;; esac';

test('what is missing is installed with one call, without a question, and only that', async (t) => {
  const { setup, calls } = await machine(t, '0', installs);
  const first = await setup();
  t.is(first.exitCode, 0, first.stdout + first.stderr);
  t.is(await calls(), 'apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends bc ccache\n');
  const second = await setup();
  t.is(second.stdout, 'set-up: everything is there\n');
  t.is((await calls()).split('\n').length, 2, 'the second time nothing is called');
});

detail('what only tests need is installed for them', async (t) => {
  const { setup, calls } = await machine(t, '0', 'true');
  await setup('test');
  t.regex(await calls(), / install --no-install-recommends bc ccache (?:chromium )?gpg$/m);
});

detail('lists of packages that are out of date are read anew', async (t) => {
  const { setup, calls, bin } = await machine(
    t,
    '0',
    `[ -e BIN/updated ] || case "$*" in *update) touch BIN/updated; exit 0;; *) exit 100;; esac\n${installs}`,
  );
  const result = await setup();
  t.is(result.exitCode, 0, result.stdout + result.stderr);
  t.deepEqual((await calls()).match(/ (install|update)\b/g), [' install', ' update', ' install'], bin);
});

detail('with sudo it installs through it', async (t) => {
  const { setup, calls, bin } = await machine(t, '1000', installs);
  await fakeCommand(bin, 'sudo', '[ "$1" = -n ] || exit 1\nshift\nexec "$@"');
  const result = await setup();
  t.is(result.exitCode, 0, result.stdout + result.stderr);
  t.regex(await calls(), /install --no-install-recommends bc ccache/);
});

test('with neither root nor sudo it prints the one line to run', async (t) => {
  const { setup, calls, bin } = await machine(t, '1000', installs);
  await fakeCommand(bin, 'sudo', 'exit 1');
  const result = await setup();
  t.is(result.exitCode, 69);
  t.regex(result.stderr, /^ {2}sudo apt-get install --no-install-recommends bc ccache$/m);
  t.is(await calls(), '');
});

test('it continues without what is only useful, and not without what is needed', async (t) => {
  const some = installs.replace('bc ccache', 'bc');
  const useful = await machine(t, '0', some);
  const first = await useful.setup();
  t.is(first.exitCode, 0, first.stdout + first.stderr);
  t.regex(first.stdout, /continuing without ccache/);
  const needed = await machine(t, '0', 'exit 100');
  const second = await needed.setup();
  t.is(second.exitCode, 69);
  t.regex(second.stderr, /^ {2}bc +/m);
});

const groups = `
export const groups = { few: ['tests/some.test.mjs'], more: ['tests/more.test.mjs'] };
export const commands = { test: [['few']], 'test:all': [['few'], ['more']] };
`;

/** A project with the real bootstrap and set-up, and checks and tests of its own. */
async function project(
  t: ExecutionContext,
  checks: Record<string, string>,
  tests: string,
  command = 'test',
): Promise<CommandResult> {
  const directory = await temporary(t);
  await cp(path.join(root, 'scripts'), path.join(directory, 'scripts'), { recursive: true });
  for (const name of ['harness', 'node_modules', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
    await symlink(path.join(root, name), path.join(directory, name));
  }
  await mkdir(path.join(directory, 'tests'));
  await writeFile(path.join(directory, 'tests/some.test.mjs'), `import test from 'ava';\n${tests}`);
  await writeFile(
    path.join(directory, 'tests/more.test.mjs'),
    "import test from 'ava';\ntest('more', (t) => t.pass());\n",
  );
  await writeFile(path.join(directory, 'tests/groups.mjs'), groups);
  const scripts = { build: 'echo compiled', ...checks };
  await writeFile(
    path.join(directory, 'package.json'),
    JSON.stringify({ type: 'module', scripts, ava: { files: ['tests/*.test.mjs'], workerThreads: false } }),
  );
  return runProcess({
    argv: [process.execPath, 'scripts/bootstrap.mjs', command],
    cwd: directory,
    // What ava sets for its own workers must not reach an ava of its own.
    env: { NODE_OPTIONS: undefined, NODE_PATH: undefined, AVA_PATH: undefined, FORCE_COLOR: undefined },
  });
}

function lastLine(result: CommandResult): string {
  return result.stdout.trimEnd().split('\n').at(-1) ?? '';
}

test('npm test counts every check and every test in its last line', async (t) => {
  const result = await project(
    t,
    { 'check:one': 'true', 'check:two': 'true' },
    "test('a', (t) => t.pass());\ntest('b', (t) => t.pass());\ntest.skip('c', (t) => t.pass());\n",
  );
  t.is(lastLine(result), '4 passed, 0 failed, 1 skipped', result.stdout + result.stderr);
  t.is(result.exitCode, 0);
});

detail('npm run test:all runs more groups, and both say where the time went', async (t) => {
  const tests = "test('a', (t) => t.pass());\n";
  const some = await project(t, { 'check:one': 'true' }, tests);
  t.is(lastLine(some), '2 passed, 0 failed', some.stdout + some.stderr);
  const all = await project(t, { 'check:one': 'true' }, tests, 'test:all');
  t.is(lastLine(all), '3 passed, 0 failed', all.stdout + all.stderr);
  for (const { stdout } of [some, all]) t.regex(stdout, /^where the time went\n[^]*^ +[\d.]+ +check:one$/m);
});

detail('npm test shows a failure in full and does not stop the other checks', async (t) => {
  const result = await project(
    t,
    { 'check:one': 'echo bad style; exit 1', 'check:two': 'true' },
    "test('a', (t) => t.pass());\ntest('breaks', (t) => t.is(1, 2, 'one is not two'));\n",
  );
  t.is(lastLine(result), '2 passed, 2 failed', result.stdout + result.stderr);
  t.is(result.exitCode, 1);
  t.regex(result.stdout, /bad style/);
  t.regex(result.stdout, /one is not two/);
  t.regex(result.stdout, /^failed: check:one, ava$/m);
});

test('npm test never takes a crash or an empty run for success', async (t) => {
  const crash = await project(t, {}, "throw new Error('cannot be loaded');\n");
  t.regex(lastLine(crash), /^0 passed, [1-9]\d* failed$/);
  t.is(crash.exitCode, 1);
  const empty = await project(t, {}, '\n');
  t.regex(lastLine(empty), /^0 passed, [1-9]\d* failed$/);
  t.is(empty.exitCode, 1);
});
