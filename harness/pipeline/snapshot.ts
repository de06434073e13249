import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { snapshotKey } from '../guest/snapshot-key.ts';
import { hashFile, temporaryName } from '../host/files.ts';
import { qemuVersion } from '../host/qemu.ts';
import { keepSnapshot } from '../host/snapshots.ts';
import { receiveFile, socketDirectory } from '../host/sockets.ts';
import { HostError } from '../model/index.ts';
import { type BootRequest, type OpenGuest, openGuest } from './guest.ts';
import { startMachine } from './machine.ts';

/** Quiet that a guest needs before it can be frozen: on s390x a console is dead after a restore otherwise. */
const idleMs = 250;
const migrateMs = 30_000;
const restoreMs = 20_000;

/** Where the snapshot of this request is or would be. */
export async function snapshotPath(request: BootRequest, directory: string): Promise<string> {
  const { target, cpus, memoryMiB, commandLine = [] } = request;
  const [version, kernelHash, initramfsHash] = await Promise.all([
    qemuVersion(target.qemu.binary),
    hashFile(request.kernel.image),
    hashFile(request.initramfs),
  ]);
  const machine = { target, cpus, memoryMiB, commandLine };
  return path.join(directory, `${snapshotKey({ qemuVersion: version, kernelHash, initramfsHash, machine })}.state`);
}

/**
 * Freezes an idle guest into a file; the guest is of no use afterwards and gets closed.
 *
 * @throws HostError when QEMU refuses or the file can't be written
 */
export async function snapshotGuest(guest: OpenGuest, file: string): Promise<void> {
  const { monitor } = guest.machine.qemu;
  const directory = await socketDirectory();
  const temporary = temporaryName(file);
  try {
    await quiet(guest);
    await monitor.execute('stop');
    const socket = path.join(directory.path, 'state');
    const receiver = await receiveFile(socket, temporary);
    try {
      await monitor.execute('migrate', { uri: `unix:${socket}` });
      await migrated(guest);
      await receiver.done;
    } finally {
      receiver.close();
    }
    await keepSnapshot(temporary, file);
  } finally {
    await directory.remove();
    await guest.close();
  }
}

async function quiet(guest: OpenGuest): Promise<void> {
  guest.agent.session.settle();
  for (let size = -1; size !== guest.machine.logSize(); ) {
    size = guest.machine.logSize();
    await sleep(idleMs);
  }
}

async function migrated({ machine }: OpenGuest): Promise<void> {
  const deadline = performance.now() + migrateMs;
  for (;;) {
    const answer = (await machine.qemu.monitor.execute('query-migrate')) as {
      readonly status?: string;
      readonly 'error-desc'?: string;
    };
    if (answer.status === 'completed') return;
    if (answer.status === 'failed' || answer.status === 'cancelled')
      throw new HostError(`QEMU could not save the guest: ${answer['error-desc'] ?? answer.status}`);
    if (performance.now() > deadline) throw new HostError(`QEMU did not save the guest within ${migrateMs / 1000} s`);
    await sleep(5);
  }
}

/**
 * A guest out of a snapshot, running.
 *
 * @throws HostError or GuestGone when it does not come to life
 */
export async function restoreGuest(
  request: BootRequest,
  snapshot: string,
  options: { readonly signal: AbortSignal },
): Promise<OpenGuest> {
  const started = performance.now();
  const machine = await startMachine(request, { ...options, snapshot });
  return await openGuest(machine, {
    started,
    awake: true,
    deadlines: { ...request.deadlines, firstOutputMs: 2 * restoreMs, bootMs: restoreMs },
  });
}
