import path from 'node:path';
import { hashValues } from '../../host/files/hash.ts';
import { fromStore } from '../../host/files/store.ts';
import { qemuVersion } from '../../host/qemu/qemu.ts';
import {
  type BootResult,
  type BootTarget,
  type CellRef,
  type Context,
  defined,
  type ImageResult,
  type MachineSettings,
  warning,
} from '../../model/index.ts';
import type { GuestRequest } from '../../model/suite.ts';
import { withStage } from '../with-stage.ts';
import { bootStage } from './boot.ts';
import { scaledDeadlines } from './deadlines.ts';
import { withGdb } from './gdb.ts';

/** A change of this number makes every stored boot and test result stale. */
const format = 2;

/** A kernel with what it is booted with. */
export interface Bootable {
  readonly target: BootTarget;
  readonly kernel: GuestRequest['kernel'];
  /** sha256 of the kernel's image, in hex. */
  readonly imageHash: string;
  /** Over what reports take names from: another kernel's build may have made an equal image, but other names. */
  readonly symbolsHash?: string;
  readonly image: ImageResult;
  readonly machine: MachineSettings;
  /** The user vouches for the kernel: where there is no sandbox, its guests run without one. */
  readonly vouched: boolean;
  /** Whose boot it is. */
  readonly cell: CellRef;
}

/** Hash over everything that decides what the guest does before a suite begins. */
export async function bootKey({ target, imageHash, symbolsHash, image, machine }: Bootable): Promise<string> {
  const kernel = [imageHash, symbolsHash ?? null];
  return hashValues(format, kernel, image.hash, target.name, machine, await qemuVersion(target.qemu.binary));
}

export interface StoredBoot {
  readonly result: BootResult;
  /** Absolute path of the kernel log in the store. */
  readonly log: string;
}

/**
 * The boot stage: boots a kernel, or takes the outcome from the store where the same image was booted before.
 *
 * @param options `snapshot` leaves a snapshot of the idle guest for a test stage; `usualMs` is what kernels like this one
 *   took to boot, by which its deadlines go; with `onGdb`, which is told what to type, the guest waits for gdb, and
 *   nothing is taken from the store
 * @throws HostError, InterruptedError; see {@link bootStage}
 */
export async function boot(
  request: Bootable,
  options: { readonly snapshot?: boolean; readonly usualMs?: number; readonly onGdb?: (text: string) => void },
  context: Context,
): Promise<StoredBoot> {
  const { target, kernel, image, machine, cell, vouched } = request;
  const { onGdb } = options;
  let log = '';
  const result = await withStage(context, { stage: 'boot', what: target.name, cell }, async () => {
    const entry = await fromStore<BootResult>({
      store: context.cache.store,
      shared: context.shared,
      kind: 'boot',
      key: await bootKey(request),
      fresh: context.fresh || onGdb !== undefined,
      say: warning(context),
      // A person with a debugger may have made it end in any way.
      keep: () => onGdb === undefined,
      make: async (directory) => {
        const logFile = path.join(directory, 'console.log');
        const common = { target, kernel, initramfs: image.initramfs, ...machine, logFile, vouched };
        const { snapshot = false, usualMs } = options;
        if (!onGdb) return await bootStage({ ...common, snapshot, deadlines: scaledDeadlines(usualMs) }, context);
        return await withGdb({ target, ...kernel }, onGdb, (gdb) => bootStage({ ...common, ...gdb }, context));
      },
    });
    log = path.join(entry.directory, 'console.log');
    const { cause } = entry.result;
    const where = { log, ...(cause?.log === undefined ? {} : { cause: { ...cause, log } }) };
    return { result: { ...entry.result, ...where, reused: entry.reused, ...defined({ taken: entry.taken }) } };
  });
  return { result, log };
}
