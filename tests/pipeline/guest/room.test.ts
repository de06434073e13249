import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type CommandResult, runProcess } from '../../../harness/host/process.ts';
import { guestDirectory } from '../../../harness/host/qemu/guest-directory.ts';
import { type GuestFiles, openRoom } from '../../../harness/host/qemu/room.ts';
import { roomMode } from '../../../harness/host/qemu/room-mode.ts';
import { withRoomEnvironment } from '../../../harness/host/qemu/room-words.ts';
import { type BootTarget, GuestGone } from '../../../harness/model/index.ts';
import { type BootRequest, bootGuest, type OpenGuest } from '../../../harness/pipeline/guest/guest.ts';
import { startMachine } from '../../../harness/pipeline/guest/machine.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { fakeQemu } from '../../support/fake-qemu.ts';

/** What somebody finds who has got out of a guest and into its QEMU. */

const fake = await fakeQemu();
const target: BootTarget = { ...x86_64, qemu: { ...x86_64.qemu, binary: fake } };
const { mode } = await roomMode();
const sandboxed = mode === undefined ? test.skip : test;
const signal = new AbortController().signal;

async function place(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'room-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function guestRequest(
  t: ExecutionContext,
  scenario: string,
  more: Partial<BootRequest> = {},
): Promise<BootRequest> {
  const directory = await place(t);
  t.timeout(120_000);
  const [kernel, initramfs] = [path.join(directory, 'kernel'), path.join(directory, 'initramfs')];
  await writeFile(kernel, 'a kernel');
  await writeFile(initramfs, 'an image');
  const logFile = path.join(directory, 'console.log');
  const common = { target, cpus: 1, memoryMiB: 64, commandLine: [`fake=${scenario}`], logFile };
  return { ...common, kernel: { image: kernel }, initramfs, ...more };
}

/** Runs a shell command where QEMU would run. */
async function inRoom(files: GuestFiles, script: string): Promise<CommandResult> {
  const room = await openRoom({ binary: '/bin/sh', files, vouched: false });
  try {
    return await runProcess({ argv: withRoomEnvironment(room.wrap(['sh', '-c', script])), timeoutMs: 20_000 });
  } finally {
    await room.remove();
  }
}

sandboxed('QEMU sees its own guest and nothing else of the machine', async (t) => {
  const request = await guestRequest(t, 'look');
  // Another guest, whose files must not be seen.
  const other = await startMachine(await guestRequest(t, 'silent'), { signal });
  const machine = await startMachine(request, { signal });
  try {
    while (!machine.reader.lines().includes('that was all')) await new Promise((resolve) => setTimeout(resolve, 20));
    const text = machine.reader.lines().join('\n');
    const line = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '';
    const root = process.getuid?.() === 0 && mode?.user !== undefined;
    t.is(line('uid'), root ? '65534' : String(process.getuid?.() ?? ''));
    t.regex(line('environment'), /^LC_ALL( OLDPWD)? PATH( PWD)?( SHLVL)?( _)?$/);
    t.is(line('first'), 'bwrap');
    t.is(line('guest'), '', 'sockets are gone once they are connected');
    t.is(line('interfaces'), 'lo');
    t.is(line('capabilities'), '0000000000000000');
    t.true(Number(line('processes')) < 6, line('processes'));
    const seen = line('root').split(' ');
    for (const name of ['root', 'home', 'var', 'run', 'tmp', 'work', 'sys']) t.false(seen.includes(name), name);
    const writes = /^write ([\s\S]*?)^home /m.exec(text)?.[1] ?? '';
    t.is(
      writes.match(/Read-only file system|Permission denied|Directory nonexistent|Not a directory/g)?.length,
      8,
      writes,
    );
    t.regex(text, /^home (ls: cannot access '\/[^']+': No such file or directory\n?){6}/m);
    t.notRegex(text, /HOME=|QUILTBOOT|PATH=\/root/);
  } finally {
    await machine.close();
    await other.close();
  }
});

sandboxed('a sandbox ends with its QEMU, and QEMU with its sandbox', async (t) => {
  const alive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const one = await startMachine(await guestRequest(t, 'silent'), { signal });
  t.regex(await readFile(`/proc/${one.qemu.pid}/cmdline`, 'utf8'), /qemu/);
  t.is(await readFile(`/proc/${one.qemu.pid}/comm`, 'utf8'), 'node\n');
  await one.close();
  t.false(alive(one.qemu.pid));
  const other = await startMachine(await guestRequest(t, 'silent'), { signal });
  process.kill(other.qemu.pid, 'SIGKILL');
  const reason = await other.gone;
  t.like(reason, { ending: 'host' });
  t.regex(reason.message, /ended by SIGKILL from outside/);
  await other.close();
});

sandboxed('files that only we may read are read, and nothing that was given is changed', async (t) => {
  const directory = await place(t);
  const kernel = path.join(directory, 'kernel');
  await writeFile(kernel, 'mine alone', { mode: 0o600 });
  await chmod(kernel, 0o600);
  const memory = path.join(directory, 'memory');
  await writeFile(memory, '');
  const script = 'cat /kernel; echo x >/kernel; echo changed >/memory; id -u; ls /';
  const { stdout, stderr } = await inRoom({ kernel, memory }, script);
  t.regex(stdout, /^mine alone/);
  t.regex(stderr, /kernel: (Read-only file system|Permission denied)/);
  t.is(await readFile(kernel, 'utf8'), 'mine alone');
  t.is((await stat(kernel)).mode & 0o777, 0o600);
  t.is(await readFile(memory, 'utf8'), 'changed\n');
});

sandboxed('gdb’s socket comes into being where the user was told', async (t) => {
  const directory = await guestDirectory();
  t.teardown(() => directory.remove());
  const { kernel } = { kernel: path.join(await place(t), 'kernel') };
  await writeFile(kernel, '');
  const gdb = path.join(directory.path, 'gdb');
  await inRoom({ kernel, gdb }, 'echo here >/gdb/gdb');
  t.is(await readFile(gdb, 'utf8'), 'here\n');
});

sandboxed('a QEMU of the user’s own brings the place that it was installed to', async (t) => {
  const directory = await place(t);
  await chmod(directory, 0o755);
  await mkdir(path.join(directory, 'bin'));
  await mkdir(path.join(directory, 'share', 'qemu'), { recursive: true });
  await writeFile(path.join(directory, 'share/qemu/firmware'), 'its firmware\n');
  const binary = path.join(directory, 'bin', 'qemu');
  await writeFile(binary, '#!/bin/sh\ncat "$(dirname "$0")/../share/qemu/firmware"\n', { mode: 0o755 });
  const kernel = path.join(directory, 'kernel');
  await writeFile(kernel, '');
  const room = await openRoom({ binary, files: { kernel }, vouched: false });
  t.teardown(() => room.remove());
  const { stdout } = await runProcess({ argv: withRoomEnvironment(room.wrap(['qemu'])) });
  t.is(stdout, 'its firmware\n');
});

async function lost(t: ExecutionContext, scenario: string): Promise<GuestGone> {
  let guest: OpenGuest | undefined;
  const error = await t.throwsAsync(
    async () => {
      guest = await bootGuest(await guestRequest(t, scenario, { deadlines: { callMs: 1000 } }), { signal });
      for (let call = 0; call < 2000; call += 1) await guest.chdir('/');
    },
    { instanceOf: GuestGone },
  );
  await guest?.close();
  return error;
}

sandboxed('a monitor that sends no messages is the end of that guest alone', async (t) => {
  t.not((await lost(t, 'babble')).ending, 'hang');
});

sandboxed('traps in the shared directory lead nowhere', async (t) => {
  const error = await lost(t, 'trap');
  t.notRegex(error.message, /root:x:0/);
});
