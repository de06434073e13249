import { access, constants } from 'node:fs/promises';
import { InterruptedError } from '../../model/index.ts';
import { runProcess } from '../process.ts';
import { openRoom } from './room.ts';
import { withRoomEnvironment } from './room-words.ts';

/**
 * Whether KVM could be tried for guests that run on processors of these names (Node's, `x64`); whether it works is another
 * question.
 */
export async function mayUseKvm(nativeOn: readonly string[]): Promise<boolean> {
  if (!nativeOn.includes(process.arch)) return false;
  return access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

export interface BootAttempt {
  /** Name or path of QEMU. */
  readonly binary: string;
  readonly kernel: string;
  readonly kvm: boolean;
  /** QEMU and its arguments for the kernel, as QEMU sees it. */
  readonly argv: (kernel: string) => readonly [string, ...string[]];
  /** A line of the kernel log that only a running kernel prints. */
  readonly marker: RegExp;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Starts a kernel, in the sandbox of guests, whose log comes on stdout and ends it once the marker has been seen. Resolves
 * with the milliseconds that it took, or with the reason why it was not seen.
 *
 * @throws HostError where there is no sandbox
 */
export async function tryBoot(attempt: BootAttempt): Promise<{ readonly ms: number } | { readonly problem: string }> {
  const { binary, kernel, kvm } = attempt;
  const room = await openRoom({ binary, files: { kernel }, vouched: false, kvm });
  const started = performance.now();
  const seen = new AbortController();
  let ms: number | undefined;
  let last = '';
  try {
    const result = await runProcess({
      argv: withRoomEnvironment(room.wrap(attempt.argv(room.seen.kernel))),
      timeoutMs: attempt.timeoutMs,
      signal: AbortSignal.any([seen.signal, attempt.signal]),
      onLine: (line) => {
        if (line.trim() !== '') last = line.trim();
        if (ms !== undefined || !attempt.marker.test(line)) return;
        ms = Math.round(performance.now() - started);
        seen.abort();
      },
    });
    if (result.timedOut) return { problem: `nothing came within ${attempt.timeoutMs / 1000} s` };
    return { problem: last === '' ? `QEMU ended with status ${result.exitCode ?? '?'}` : last };
  } catch (error) {
    if (ms !== undefined && error instanceof InterruptedError && !attempt.signal.aborted) return { ms };
    throw error;
  } finally {
    await room.remove();
  }
}
