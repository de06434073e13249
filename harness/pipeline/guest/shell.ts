import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { encodeCommand } from '../../guest/calls/command.ts';
import { createLentLine } from '../../guest/line/lent.ts';
import { withScratch } from '../../host/files/scratch.ts';
import type { Context, GuestContents, MachineSettings } from '../../model/index.ts';
import { contentsImage } from './contents.ts';
import { filesBeside, withGdb } from './gdb.ts';
import { type BootRequest, bootGuest, type OpenGuest } from './guest.ts';
import { type Kernel, kernelImage } from './kernel.ts';

/** Ctrl-]. */
const leaveByte = 0x1d;
const endOfInput = 0x04;
/** How long a shell may take to show its prompt, in milliseconds; then it gets what was typed. */
const promptMs = 5000;
/** The last character but one of the prompt. */
const promptSign = '#'.charCodeAt(0);

/** How long a `>` is held back, in milliseconds: at once after it the rest of a frame may come. */
const heldMs = 50;

/** Where a person sits. */
export interface ShellStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly output: NodeJS.WritableStream;
}

/**
 * Boots a kernel and connects a person to a shell in it, until the shell or the guest ends, or Ctrl-] is typed. The
 * terminal is as it was before afterwards, whatever happens. With `onGdb`, which is told what to type, the guest waits
 * for gdb first.
 *
 * @throws GuestGone when the kernel does not come up, HostError, InterruptedError
 */
export async function openShell(
  kernel: Kernel,
  options: ShellStreams & {
    readonly machine: MachineSettings;
    /** What guests of the project have beside the usual. */
    readonly contents: GuestContents | undefined;
    readonly vouched?: boolean;
    readonly onGdb?: (text: string) => void;
  },
  context: Context,
): Promise<void> {
  const { target, ...rest } = kernel;
  const image = await kernelImage(kernel.image);
  const { initramfs } = await contentsImage({ target, contents: options.contents }, context);
  const common = {
    target,
    kernel: { ...(await filesBeside(image)), ...rest },
    initramfs,
    ...options.machine,
    vouched: options.vouched === true,
  };
  // Two shells may be open at once.
  await withScratch({ purpose: 'shell', parent: context.cache.root }, async (scratch) => {
    const open = async (more: Partial<BootRequest>): Promise<void> => {
      const guest = await bootGuest({ ...common, logFile: path.join(scratch, 'log'), ...more }, context);
      try {
        await talk(guest, options);
      } finally {
        await guest.close();
      }
    };
    if (options.onGdb) await withGdb({ target, ...common.kernel }, options.onGdb, open);
    else await open({});
  });
}

/** Lends the agent's line to a shell and copies bytes in both directions. */
async function talk(guest: OpenGuest, { input, output }: ShellStreams): Promise<void> {
  const { agent, machine } = guest;
  const command = encodeCommand({ argv: ['/bin/sh', '-i'], env: { TERM: 'vt100', PS1: `${guest.target.name} # ` } });
  const silent = { onStdout: () => undefined, onStderr: () => undefined };
  await agent.port.within(agent.session.start(0, command, silent, true), 'starting a shell');
  // The agent lends the line only when its last frame is acknowledged; after that no frame may go out.
  agent.session.settle();
  await setImmediate();

  let leave: () => void = () => undefined;
  const left = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined);
  });
  const line = createLentLine();
  // What comes before the shell has its terminal is lost, so it waits for the prompt.
  let waiting: Buffer[] | undefined = [];
  const send = (bytes: Buffer): void => {
    if (waiting) waiting.push(bytes);
    else machine.qemu.agent.send(bytes);
  };
  const ready = (): void => {
    for (const bytes of waiting ?? []) machine.qemu.agent.send(bytes);
    waiting = undefined;
  };
  const patience = setTimeout(ready, promptMs);
  let release: NodeJS.Timeout | undefined;
  agent.divert((chunk) => {
    clearTimeout(release);
    const { shown, ended } = line.push(chunk);
    output.write(shown);
    if (ended) leave();
    else if (shown.includes(promptSign)) ready();
    if (line.waits) release = setTimeout(() => output.write(line.release()), heldMs);
  });
  const onInput = (chunk: Buffer | string): void => {
    const bytes = Buffer.from(chunk);
    const end = bytes.indexOf(leaveByte);
    send(end < 0 ? bytes : bytes.subarray(0, end));
    if (end >= 0) leave();
  };
  const onEnd = (): void => send(Buffer.from([endOfInput]));
  input.setRawMode?.(true);
  input.on('data', onInput);
  input.once('end', onEnd);
  input.resume();
  try {
    const reason = await Promise.race([left, machine.gone]);
    if (reason) output.write(`\r\n[the guest is gone: ${reason.message}]\r\n`);
    else output.write('\r\n');
  } finally {
    clearTimeout(patience);
    clearTimeout(release);
    input.off('data', onInput);
    input.off('end', onEnd);
    input.setRawMode?.(false);
    input.pause();
    agent.divert(undefined);
  }
}
