import { devNull } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { snapshotKey } from '../../guest/snapshot-key.ts';
import { hashFile } from '../../host/files/hash.ts';
import { temporaryName, writeEmpty } from '../../host/files/write.ts';
import { qemuVersion } from '../../host/qemu/qemu.ts';
import type { QmpClient } from '../../host/qemu/qmp.ts';
import { keepSnapshot, memoryOf, removeSnapshot, wholeOf } from '../../host/qemu/snapshots.ts';
import { receiveFile } from '../../host/qemu/sockets.ts';
import { HostError } from '../../model/index.ts';
import { type BootRequest, type OpenGuest, openGuest } from './guest.ts';
import { leaveMemoryOut, type Machine, partsOf, startMachine } from './machine.ts';

/** Quiet that a guest needs before it can be frozen: on s390x a console is dead after a restore otherwise. */
const idleMs = 250;
const migrateMs = 30_000;
const restoreMs = 20_000;
/** The state of a guest without its memory, and more. */
const stateMiB = 256;

/** Where the snapshot of this request is or would be. */
export async function snapshotPath(request: BootRequest, directory: string): Promise<string> {
  const { target, cpus, memoryMiB, commandLine = [] } = request;
  const [version, kernelHash, initramfsHash] = await Promise.all([
    qemuVersion(target.qemu.binary),
    hashFile(request.kernel.image),
    hashFile(request.initramfs),
  ]);
  const disks = (request.disks ?? []).map(({ sizeMiB, format }) => `${sizeMiB} ${format}`);
  const machine = { target, cpus, memoryMiB, commandLine, parts: partsOf(request), disks };
  return path.join(directory, `${snapshotKey({ qemuVersion: version, kernelHash, initramfsHash, machine })}.state`);
}

/**
 * Freezes an idle guest into a file, with its memory in a file beside it; the guest is of no use afterwards and gets
 * closed. Restored guests map that memory and copy what they change: they read little and write nothing.
 *
 * @throws HostError when QEMU refuses or a file can't be written
 */
export async function snapshotGuest(
  guest: OpenGuest,
  file: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  if (guest.machine.request.numa !== undefined) {
    await guest.close();
    throw new HostError('the memory of a snapshot is one file, and this guest has several nodes of memory');
  }
  const temporary = temporaryName(file);
  const whole = wholeOf(temporary);
  const memory = memoryOf(temporary);
  try {
    try {
      await quiet(guest);
      await guest.machine.qemu.monitor.execute('stop');
      await saveState(guest.machine, whole);
    } finally {
      await guest.close();
    }
    const { request } = guest.machine;
    // A guest keeps its memory in a file only where it was started that way: another QEMU moves it there.
    await writeEmpty(memory);
    const still = await startMachine(
      // It stands still and says nothing.
      { ...request, logFile: devNull },
      { signal, snapshot: { state: whole, memory, whole: true } },
    );
    try {
      await leaveMemoryOut(still.qemu.monitor);
      await saveState(still, temporary);
    } finally {
      await still.close();
    }
    await keepSnapshot(temporary, file);
  } finally {
    await removeSnapshot(temporary);
  }
}

async function saveState({ qemu, request }: Machine, file: string): Promise<void> {
  const { here, there } = qemu.room.shared('state');
  const receiver = await receiveFile(here, file, (request.memoryMiB + stateMiB) * 1024 * 1024);
  try {
    await qemu.room.admit(here);
    await qemu.monitor.execute('migrate', { uri: `unix:${there}` });
    await migrated(qemu.monitor);
    await receiver.done;
  } finally {
    receiver.close();
  }
}

async function quiet(guest: OpenGuest): Promise<void> {
  guest.agent.session.settle();
  for (let size = -1; size !== guest.machine.logSize(); ) {
    size = guest.machine.logSize();
    await sleep(idleMs);
  }
}

async function migrated(monitor: QmpClient): Promise<void> {
  const deadline = performance.now() + migrateMs;
  for (;;) {
    const answer = (await monitor.execute('query-migrate')) as {
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
  const saved = { state: snapshot, memory: memoryOf(snapshot) };
  const machine = await startMachine(request, { ...options, snapshot: saved });
  return await openGuest(machine, {
    started,
    awake: true,
    deadlines: { ...request.deadlines, firstOutputMs: 2 * restoreMs, bootMs: restoreMs },
  });
}
