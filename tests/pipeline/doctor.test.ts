import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cachePaths } from '../../harness/host/files/paths.ts';
import { type Context, UserError } from '../../harness/model/index.ts';
import { doctor } from '../../harness/pipeline/doctor.ts';
import { s390x, targets } from '../../harness/targets/index.ts';
import { fakeCommand, pathWithout } from '../support/path-without.ts';

const realPath = process.env.PATH;

interface Machine {
  readonly bin: string;
  readonly directory: string;
  readonly context: Context;
}

/** A machine whose PATH lacks some commands, and whose QEMU is a script. */
async function machine(t: ExecutionContext, without: readonly string[]): Promise<Machine> {
  const directory = await mkdtemp(path.join(tmpdir(), 'quiltboot-doctor-'));
  const bin = await pathWithout(path.join(directory, 'bin'), [...without, s390x.qemu.binary]);
  process.env.PATH = bin;
  t.teardown(async () => {
    process.env.PATH = realPath;
    await rm(directory, { recursive: true, force: true });
  });
  const context: Context = {
    cache: cachePaths({}, path.join(directory, 'cache')),
    emit: () => undefined,
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
  };
  return { bin, directory, context };
}

async function image(directory: string): Promise<string> {
  const file = path.join(directory, 'image');
  await writeFile(file, 'a kernel');
  return file;
}

/** A QEMU that tells its version, and prints something instead of booting. */
const qemu = (boots: string): string =>
  `[ "$1" = --version ] && { echo "QEMU emulator version 7.2"; exit 0; }\n${boots}`;

test.serial('each requirement has a line, and what is missing the command that installs it', async (t) => {
  const { bin, context } = await machine(t, ['bc', 'ccache', 's390x-linux-gnu-gcc']);
  await fakeCommand(bin, s390x.qemu.binary, qemu('exit 1'));
  const report = await doctor({ targets: [s390x] }, context);
  const line = (name: string): string => {
    const found = report.entries.find((one) => one.name === name);
    return found === undefined ? '' : `${found.state} ${found.text}`;
  };
  t.false(report.ok);
  t.regex(line('qemu-system-s390x'), /^ok .*QEMU emulator version 7\.2$/);
  t.regex(line('make'), /^ok .*GNU Make/);
  t.regex(line('bc'), /^missing .*apt-get install --no-install-recommends bc$/);
  t.regex(line('s390x-linux-gnu-gcc'), /^missing .*apt-get install --no-install-recommends gcc-s390x-linux-gnu$/);
  t.regex(line('ccache'), /^absent /);
  t.is(line('qemu-system-x86_64'), '', 'what other targets need is not looked at');
  // Whether the C library is there depends on the machine.
  const install = report.install?.replace(/ libc6-dev-\S+/, '');
  t.is(install, 'apt-get install --no-install-recommends bc ccache gcc-s390x-linux-gnu');
  t.regex(line('boot s390x'), /^unknown no kernel available/);
});

test.serial('what is only useful does not fail the check', async (t) => {
  const { bin, context } = await machine(t, ['ccache']);
  await fakeCommand(bin, s390x.qemu.binary, qemu('exit 1'));
  await fakeCommand(bin, 's390x-linux-gnu-gcc', 'echo gcc 12');
  await fakeCommand(bin, 's390x-linux-gnu-ld', 'echo ld 2');
  const report = await doctor({ targets: [s390x] }, context);
  const missing = report.entries.filter(({ state }) => state === 'missing');
  t.is(missing.length === 0, report.ok, JSON.stringify(report));
});

test.serial('an accelerator works when a kernel prints its banner with it, and only then', async (t) => {
  const { bin, context, directory } = await machine(t, []);
  const kernel = await image(directory);
  const boot = async (script: string): Promise<string> => {
    await fakeCommand(bin, s390x.qemu.binary, qemu(script));
    const report = await doctor({ targets: [s390x], kernel }, context);
    const found = report.entries.find(({ name }) => name === 'boot s390x (tcg)');
    return found === undefined ? JSON.stringify(report) : `${found.state} ${found.text}`;
  };
  t.regex(
    await boot('echo "[    0.000000] Linux version 6.1.192 (x)"; exec sleep 1000'),
    /^ok .*first line after \d+ ms$/,
  );
  t.regex(await boot('echo "qemu: could not load kernel" >&2; exit 1'), /^broken .*qemu: could not load kernel$/);
  t.regex(await boot('exit 0'), /^broken .*QEMU ended with status 0$/);
  t.regex(await boot(`echo "$*"; exit 1`), /^broken .*-accel tcg .*-kernel \/kernel -append console=ttyS0 panic=1$/);
});

test.serial("a kernel that is not there, or whose target is not clear, is the user's error", async (t) => {
  const { context, directory } = await machine(t, []);
  await t.throwsAsync(doctor({ targets: [s390x], kernel: '/nowhere/image' }, context), {
    instanceOf: UserError,
    message: 'there is no kernel image /nowhere/image',
  });
  const error = await t.throwsAsync(doctor({ targets, kernel: await image(directory) }, context), {
    instanceOf: UserError,
  });
  t.is(error.hint, `add --target with one of: ${targets.map(({ name }) => name).join(', ')}`);
});
