import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EndFacts, judgeEnd, judgeFatal } from '../../guest/ending.ts';
import { createLogReader, type LogReader } from '../../guest/log/index.ts';
import { qemuArguments } from '../../guest/qemu-args.ts';
import { whyRefused } from '../../guest/refusal.ts';
import { type BoundedLog, createBoundedLog } from '../../host/files/bounded-log.ts';
import { diskImages } from '../../host/qemu/disks.ts';
import { type QemuProcess, type QemuStart, startQemu } from '../../host/qemu/qemu.ts';
import type { QmpClient } from '../../host/qemu/qmp.ts';
import {
  type BootTarget,
  defined,
  GuestGone,
  HostError,
  InterruptedError,
  type MachineParts,
  type Splat,
  UserError,
} from '../../model/index.ts';

/** A fatal report may go on for a while; what waits is ended this long after its first line. */
const graceMs = 300;
/** A line without its end counts as a line after this silence. */
const quietMs = 150;
const loadMs = 20_000;

/** What a guest is made of. Everything but `signal` is plain data. */
export interface MachineRequest extends MachineParts {
  readonly target: BootTarget;
  readonly kernel: {
    readonly image: string;
    readonly kernelVersion?: string;
    /** `System.map`, to name the functions in which a hanging guest sits. */
    readonly systemMap?: string;
    /** The ELF file, to name the lines of a call trace. */
    readonly vmlinux?: string;
  };
  readonly initramfs: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Added to the kernel's command line. */
  readonly commandLine?: readonly string[];
  /** Socket on which QEMU waits for gdb, which then starts the guest; absolute. */
  readonly gdb?: string;
  /** Absolute; the whole kernel log goes here as it arrives. */
  readonly logFile: string;
  /** The user vouches for the kernel: where there is no sandbox, its QEMU runs without one. Nobody does when absent. */
  readonly vouched?: boolean;
}

/** A QEMU with its log and its end; the agent is not yet in it. */
export interface Machine {
  readonly request: MachineRequest;
  readonly qemu: QemuProcess;
  readonly reader: LogReader;
  /** Bytes that the log channel brought so far. */
  logSize(): number;
  /** Calls back with every whole line of the log; returns a function that stops that. */
  onLine(listener: (line: string) => void): () => void;
  /** Settles, with the reason, when the guest is gone; never rejects. */
  readonly gone: Promise<GuestGone | InterruptedError>;
  /** Why the guest is gone; undefined while it is there, and when it was closed before anything happened to it. */
  ended(): GuestGone | undefined;
  /** From here on somebody else judges: neither the log nor the end of QEMU ends what waits; `giveUp` does. */
  hold(): void;
  /** Gives the guest up, for a reason. */
  giveUp(reason: GuestGone): void;
  /** Ends QEMU, drains its log and closes the file. Safe to call twice. */
  close(): Promise<void>;
}

export interface MachineOptions {
  readonly signal: AbortSignal;
  /** What to restore instead of booting. */
  readonly snapshot?: SavedGuest;
}

/** A guest that was saved. */
interface SavedGuest {
  /** What QEMU wrote; absolute. */
  readonly state: string;
  /** The file of the memory: one that has it, which stays as it is, or one that gets it out of the state. */
  readonly memory: string;
  /** `state` holds the memory as well. It goes into its file, and the guest stands still. */
  readonly whole?: boolean;
}

/** A kernel image that QEMU cannot load. */
export class KernelRefused extends GuestGone {
  constructor(message: string) {
    super('crash', message);
    this.name = 'KernelRefused';
  }
}

/** Starts QEMU. Throws KernelRefused where it cannot load the kernel, UserError where it refuses what the project file wants. */
async function startWith({ target, devices }: MachineRequest, start: QemuStart): Promise<QemuProcess> {
  try {
    return await startQemu(start);
  } catch (error) {
    const refused = error instanceof HostError && !error.retryable ? whyRefused(error.hint ?? '') : undefined;
    if (refused?.what === 'kernel') throw new KernelRefused(`QEMU cannot load the kernel: ${refused.said}`);
    if (refused === undefined || devices === undefined) throw error;
    throw new UserError(`QEMU refuses the "devices" of ${target.name} in the project file: ${refused.said}`, {
      code: 'QB-PROJECT',
      hint: `${target.qemu.binary} -device help lists what there is`,
    });
  }
}

/** What QEMU is told of a machine's parts. */
export function partsOf({ network, numa, devices }: MachineParts): Omit<MachineParts, 'disks'> {
  return defined({ network, numa, devices });
}

/** Starts QEMU with a kernel. @throws HostError when it can't be started, InterruptedError */
export async function startMachine(request: MachineRequest, { signal, snapshot }: MachineOptions): Promise<Machine> {
  if (signal.aborted) throw new InterruptedError();
  const log = await createBoundedLog(request.logFile);
  const listeners = new Set<(line: string) => void>();
  let onSplat: (splat: Splat) => void = () => undefined;
  let quiet: NodeJS.Timeout | undefined;
  const reader = createLogReader({
    wrapsLog: request.target.wrapsLog,
    booted: snapshot !== undefined,
    onLine: (line) => {
      for (const listener of [...listeners]) listener(line);
    },
    listening: () => listeners.size > 0,
    onSplat: (splat) => onSplat(splat),
  });
  const onLog = (chunk: Uint8Array): void => {
    log.write(chunk);
    reader.push(chunk);
    if (quiet) quiet.refresh();
    else quiet = setTimeout(() => reader.flush(), quietMs).unref();
  };
  try {
    const qemu = await startWith(request, {
      binary: request.target.qemu.binary,
      vouched: request.vouched === true,
      kvm: request.target.qemu.accelerator.startsWith('kvm'),
      files: {
        kernel: request.kernel.image,
        initramfs: request.initramfs,
        ...defined({ gdb: request.gdb, memory: snapshot?.memory }),
        ...(request.disks && { disks: await diskImages(request.disks, path.dirname(request.initramfs), signal) }),
      },
      argv: (sockets, seen) =>
        qemuArguments({
          target: request.target,
          cpus: request.cpus,
          memoryMiB: request.memoryMiB,
          kernel: seen.kernel,
          initramfs: seen.initramfs ?? '',
          commandLine: request.commandLine ?? [],
          sockets,
          ...defined({ gdb: seen.gdb, disks: seen.disks }),
          parts: partsOf(request),
          ...(seen.memory === undefined ? {} : { incoming: { memory: seen.memory, shared: snapshot?.whole === true } }),
        }),
      onLog,
      ...(snapshot === undefined ? {} : { snapshot: snapshot.state }),
    });
    const machine = watch(qemu, reader, log, signal);
    onSplat = (splat) => machine.onSplat(splat);
    try {
      if (snapshot !== undefined) await load(qemu.monitor, snapshot);
      if (request.gdb === undefined && snapshot?.whole !== true) await qemu.monitor.execute('cont');
    } catch (error) {
      await machine.close();
      throw error;
    }
    return {
      request,
      qemu,
      reader,
      logSize: () => log.size(),
      gone: machine.gone,
      ended: machine.ended,
      giveUp: machine.giveUp,
      hold() {
        reader.ignoreReports();
        machine.hold();
      },
      onLine(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      async close() {
        await machine.close();
        clearTimeout(quiet);
        reader.end();
        await log.close();
      },
    };
  } catch (error) {
    clearTimeout(quiet);
    await log.close();
    throw error;
  }
}

/** Leaves memory that lies in a file of its own out of what QEMU saves or expects to find. */
export async function leaveMemoryOut(monitor: QmpClient): Promise<void> {
  await monitor.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] });
}

/** QEMU was started standing still; the state has to be loaded before it can go on. */
async function load(monitor: QmpClient, { whole }: SavedGuest): Promise<void> {
  const deadline = performance.now() + loadMs;
  if (whole !== true) await leaveMemoryOut(monitor);
  await monitor.execute('migrate-incoming', { uri: 'fd:0' });
  for (;;) {
    const { status } = (await monitor.execute('query-status')) as { readonly status: string };
    if (status !== 'inmigrate') break;
    if (performance.now() > deadline)
      throw new HostError('QEMU does not load the snapshot', { code: 'QB-QEMU', retryable: true });
    await sleep(1);
  }
}

/** Notices the end of a machine, whatever brings it about. */
function watch(qemu: QemuProcess, reader: LogReader, log: BoundedLog, signal: AbortSignal) {
  let shutdown: string | undefined;
  let closing = false;
  let held = false;
  let grace: NodeJS.Timeout | undefined;
  let ended: GuestGone | undefined;
  let settle: (reason: GuestGone | InterruptedError) => void = () => undefined;
  const gone = new Promise<GuestGone | InterruptedError>((resolve) => {
    settle = resolve;
  });
  const giveUp = (reason: GuestGone | InterruptedError): void => {
    clearTimeout(grace);
    settle(reason);
    if (!closing && reason instanceof GuestGone) ended ??= reason;
  };
  const judged = (end: Pick<EndFacts, 'exitCode' | 'signal' | 'stderr'>): GuestGone => {
    const { ending, message } = judgeEnd({ ...end, shutdown, splats: reader.splats() });
    const silent = log.size() === 0 && ending !== 'host' ? '; it had printed nothing' : '';
    return new GuestGone(ending, message + silent);
  };
  const onAbort = (): void => {
    giveUp(new InterruptedError());
    void qemu.kill();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  qemu.monitor.onEvent(({ event, data }) => {
    if (event === 'SHUTDOWN') shutdown = String(data.reason);
    if (event === 'GUEST_PANICKED') shutdown ??= 'guest-panic';
  });
  void qemu.ended.then(async (end) => {
    // The last words come on another socket than the end of the process.
    await qemu.log.closed;
    reader.flush();
    if (closing || end.wanted) {
      giveUp(new GuestGone('exit', 'the guest was closed'));
      return;
    }
    if (!held) giveUp(judged(end));
  });
  return {
    gone,
    ended: () => ended,
    giveUp,
    hold(): void {
      held = true;
      clearTimeout(grace);
    },
    onSplat(splat: Splat): void {
      if (splat.severity !== 'fatal' || grace) return;
      grace = setTimeout(() => {
        // By now the report has its whole title.
        const fatal = reader.splats().find(({ severity }) => severity === 'fatal') ?? splat;
        const { ending, message } = judgeFatal(fatal);
        giveUp(new GuestGone(ending, message));
      }, graceMs);
    },
    async close(): Promise<void> {
      closing = true;
      signal.removeEventListener('abort', onAbort);
      giveUp(new GuestGone('exit', 'the guest was closed'));
      const end = await qemu.kill();
      await qemu.log.closed;
      if (held) return;
      // It was ending by itself in that moment.
      if (shutdown?.startsWith('guest-')) ended ??= judged({ ...end, exitCode: 0, signal: undefined });
      else if (!end.wanted) ended ??= judged(end);
    },
  };
}
