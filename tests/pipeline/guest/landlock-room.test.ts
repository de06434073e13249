import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { runProcess } from '../../../harness/host/process.ts';
import { openRoom } from '../../../harness/host/qemu/room.ts';
import { roomMode } from '../../../harness/host/qemu/room-mode.ts';
import { withRoomEnvironment } from '../../../harness/host/qemu/room-words.ts';
import type { BootTarget } from '../../../harness/model/index.ts';
import { bootGuest } from '../../../harness/pipeline/guest/guest.ts';
import { startMachine } from '../../../harness/pipeline/guest/machine.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { fakeQemu } from '../../support/fake-qemu.ts';
import { onLandlock } from '../../support/landlock.ts';

/** Guests where bubblewrap does not work. */
process.env['QUILTBOOT_SANDBOX'] = 'landlock';

const target: BootTarget = { ...x86_64, qemu: { ...x86_64.qemu, binary: await fakeQemu() } };
const signal = new AbortController().signal;

interface Place {
  readonly directory: string;
  readonly kernel: string;
  readonly initramfs: string;
}

async function open(t: ExecutionContext): Promise<Place> {
  t.timeout(120_000);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'room-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const [kernel, initramfs] = [path.join(directory, 'kernel'), path.join(directory, 'initramfs')];
  await writeFile(kernel, 'a kernel\n');
  await writeFile(initramfs, 'an image\n');
  return { directory, kernel, initramfs };
}

onLandlock('landlock: QEMU opens the files of its guest and nothing else', async (t) => {
  const { directory, kernel } = await open(t);
  t.is((await roomMode()).mode?.name, 'landlock');
  const [memory, secret] = [path.join(directory, 'memory'), path.join(directory, 'secret')];
  await writeFile(memory, '');
  await writeFile(secret, 'a secret\n');
  const room = await openRoom({ binary: '/bin/sh', files: { kernel, memory }, vouched: false });
  t.teardown(() => room.remove());
  t.deepEqual(room.seen, { kernel, memory });
  const script = [
    `cat ${kernel}; echo changed >${memory}; echo shared >${room.shared('file').there}`,
    `cat ${secret}; echo x >>${kernel}; echo x >${directory}/new; chmod 777 ${secret}; chmod 777 ${memory}`,
    `touch -c -d 2001-01-01 ${kernel}; ls /; kill -0 $PPID; pwd`,
  ];
  const argv = withRoomEnvironment(room.wrap(['sh', '-c', script.join('\n')]));
  const { stdout, stderr } = await runProcess({ argv, timeoutMs: 20_000 });
  t.is(stdout, 'a kernel\n/\n');
  t.is(stderr.match(/Permission denied|Operation not permitted|No such process/g)?.length, 7, stderr);
  t.is(await readFile(memory, 'utf8'), 'changed\n');
  t.is(await readFile(kernel, 'utf8'), 'a kernel\n');
  t.is(await readFile(room.shared('file').here, 'utf8'), 'shared\n');
  t.is((await stat(secret)).mode & 0o002, 0);
});

onLandlock('landlock: a guest boots, answers and ends with its sandbox', async (t) => {
  const { directory, kernel, initramfs } = await open(t);
  const logFile = path.join(directory, 'console.log');
  const common = { target, cpus: 1, memoryMiB: 64, logFile, initramfs, kernel: { image: kernel } };
  const guest = await bootGuest({ ...common, commandLine: ['fake=well'] }, { signal });
  await guest.chdir('/');
  await guest.close();
  const machine = await startMachine({ ...common, commandLine: ['fake=silent'] }, { signal });
  t.is(await readFile(`/proc/${machine.qemu.pid}/comm`, 'utf8'), 'node\n');
  t.regex(await readFile(`/proc/${machine.qemu.pid}/status`, 'utf8'), /^CapEff:\s+0+$[\s\S]*^Seccomp:\s+2$/m);
  process.kill(machine.qemu.pid, 'SIGKILL');
  t.regex((await machine.gone).message, /ended by SIGKILL from outside/);
  await machine.close();
});
