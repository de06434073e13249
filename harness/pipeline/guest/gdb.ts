import path from 'node:path';
import { describeGdb } from '../../guest/look/gdb.ts';
import { exists } from '../../host/files/kind.ts';
import { guestDirectory } from '../../host/qemu/guest-directory.ts';
import type { BootTarget } from '../../model/index.ts';
import type { GuestDeadlines } from './deadlines.ts';

/** How far above an image its vmlinux may lie: `arch/x86/boot/bzImage`. */
const levels = 4;
const dayMs = 24 * 60 * 60 * 1000;

/** A person thinks longer than any deadline. */
const unhurried: GuestDeadlines = { firstOutputMs: dayMs, bootMs: dayMs, callMs: dayMs, commandMs: dayMs };

/**
 * `vmlinux` and `System.map` of an image, where they lie beside it or in the build directory around it. Only both together:
 * in between lie files called vmlinux that are something else.
 */
export async function filesBeside(image: string): Promise<{ readonly vmlinux?: string; readonly systemMap?: string }> {
  let directory = path.dirname(image);
  for (let level = 0; level < levels; level++) {
    const vmlinux = path.join(directory, 'vmlinux');
    const systemMap = path.join(directory, 'System.map');
    if ((await exists(vmlinux)) && (await exists(systemMap))) return { vmlinux, systemMap };
    directory = path.dirname(directory);
  }
  return {};
}

/** Runs an action with a socket for gdb, after telling the user what to type. */
export async function withGdb<T>(
  kernel: { readonly target: BootTarget; readonly vmlinux?: string },
  tell: (text: string) => void,
  action: (options: { readonly gdb: string; readonly deadlines: GuestDeadlines }) => Promise<T>,
): Promise<T> {
  const directory = await guestDirectory();
  try {
    const socket = path.join(directory.path, 'gdb');
    tell(describeGdb({ ...kernel, socket }));
    return await action({ gdb: socket, deadlines: unhurried });
  } finally {
    await directory.remove();
  }
}
