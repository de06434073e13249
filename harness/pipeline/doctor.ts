import { findRequirement } from '../host/make/requirements.ts';
import { mayUseKvm, tryBoot } from '../host/qemu/accelerator.ts';
import { roomMode } from '../host/qemu/room-mode.ts';
import { findSandbox } from '../host/sandbox/sandbox.ts';
import {
  type BootTarget,
  type Context,
  canBoot,
  type DoctorEntry,
  type DoctorReport,
  type Target,
  UserError,
} from '../model/index.ts';
import { installCommand, requirementsFor } from '../targets/index.ts';
import { kernelImage } from './guest/kernel.ts';
import { newestImage } from './kernel/build.ts';

export interface DoctorRequest {
  readonly targets: readonly Target[];
  /** A bootable image to try the accelerators with; a stored build is taken when there is none. */
  readonly kernel?: string;
}

/** How long a kernel may take to print its first line. */
const bootDeadlineMs = 20_000;

function entry(state: DoctorEntry['state'], name: string, text: string): DoctorEntry {
  return { state, name, text };
}

/**
 * Looks at everything that the targets need, and says what is missing and how to get it. Where a kernel is at hand, it
 * is booted with each accelerator that might work: that a device exists proves nothing.
 *
 * @throws UserError when the kernel that was named is not there, or it is not clear for which target it is
 */
export async function doctor(request: DoctorRequest, context: Context): Promise<DoctorReport> {
  const { targets, kernel } = request;
  if (kernel !== undefined) await checkKernel(kernel, targets);
  const entries: DoctorEntry[] = [];
  const missing: string[] = [];
  let ok = true;
  for (const requirement of requirementsFor(targets)) {
    const { name, check, optional, purpose } = requirement;
    const found = await findRequirement(check);
    if (found === undefined) {
      missing.push(requirement.package);
      ok &&= optional;
      const install = installCommand([requirement.package]);
      entries.push(entry(optional ? 'absent' : 'missing', name, `(${purpose}) install it: ${install}`));
    } else entries.push(entry('ok', name, found));
  }
  const walls = [await buildWall(), await guestWall()];
  entries.push(...walls.map((wall) => wall.entry));
  ok &&= walls.every((wall) => wall.stands);
  for (const target of targets.filter(canBoot)) entries.push(...(await accelerators(target, kernel, context)));
  return { ok, entries, ...(missing.length > 0 ? { install: installCommand(missing) } : {}) };
}

interface Wall {
  readonly stands: boolean;
  readonly entry: DoctorEntry;
}

async function buildWall(): Promise<Wall> {
  const { sandbox, reason } = await findSandbox();
  if (sandbox !== undefined)
    return { stands: true, entry: entry('ok', 'build sandbox', worksAs(sandbox.name, reason)) };
  const text = `not sandboxed: only series with --trust or "trust: own" are built: ${reason}`;
  return { stands: false, entry: entry('missing', 'build sandbox', text) };
}

async function guestWall(): Promise<Wall> {
  const { mode, reason } = await roomMode();
  if (mode === undefined) {
    const text = `not sandboxed: only kernels with --trust or "trust: own" are booted: ${reason}`;
    return { stands: false, entry: entry('missing', 'guest sandbox', text) };
  }
  const as = mode.user === undefined ? '' : `, QEMU runs as user ${mode.user}`;
  return { stands: true, entry: entry('ok', 'guest sandbox', worksAs(mode.name, reason, as)) };
}

function worksAs(name: string, reason: string | undefined, more = ''): string {
  const weaker = reason === undefined ? '' : `; it is weaker than bubblewrap, which is not taken: ${reason}`;
  return `tried out: ${name} works${more}${weaker}`;
}

async function checkKernel(kernel: string, targets: readonly Target[]): Promise<void> {
  await kernelImage(kernel);
  if (targets.length !== 1) {
    throw new UserError('a kernel image belongs to one target, but several were chosen', {
      hint: `add --target with one of: ${targets.map(({ name }) => name).join(', ')}`,
    });
  }
}

async function accelerators(target: BootTarget, kernel: string | undefined, context: Context): Promise<DoctorEntry[]> {
  const image = kernel ?? (await newestImage(target, context));
  if (image === undefined) {
    return [entry('unknown', `boot ${target.name}`, 'no kernel available: build one first, or name one with --kernel')];
  }
  if ((await roomMode()).mode === undefined)
    return [entry('unknown', `boot ${target.name}`, 'not tried without a sandbox')];
  const found: DoctorEntry[] = [];
  for (const accelerator of (await mayUseKvm(target.nativeOn)) ? ['tcg', 'kvm'] : ['tcg']) {
    const name = `boot ${target.name} (${accelerator})`;
    const result = await tryBoot({
      binary: target.qemu.binary,
      kernel: image,
      kvm: accelerator === 'kvm',
      argv: (seen) => bootArguments(target, seen, accelerator),
      marker: /Linux version \d/,
      timeoutMs: bootDeadlineMs,
      signal: context.signal,
    });
    found.push(
      'ms' in result ? entry('ok', name, `first line after ${result.ms} ms`) : entry('broken', name, result.problem),
    );
  }
  return found;
}

/** A machine without an initramfs whose kernel log comes on stdout: enough to see whether it starts. */
function bootArguments(target: BootTarget, image: string, accelerator: string): [string, ...string[]] {
  const { binary, machine, channels } = target.qemu;
  return [
    binary,
    ...machine,
    ...['-accel', accelerator === 'tcg' ? target.qemu.accelerator : accelerator],
    ...['-m', '256M', '-nodefaults', '-display', 'none', '-no-reboot', '-nic', 'none'],
    ...['-chardev', 'stdio,id=log,signal=off', '-chardev', 'null,id=agent'],
    ...channels,
    ...['-kernel', image, '-append', `${target.commandLine.join(' ')} panic=1`],
  ];
}
