import { droppedMessages, excerptOf } from '../../guest/log/index.ts';
import {
  type BootResult,
  type Cause,
  type Context,
  GuestGone,
  HostError,
  type Outcome,
  type Splat,
} from '../../model/index.ts';
import { type GuestDeadlines, slownessOf } from './deadlines.ts';
import { prepareSnapshot, snapshotDirectory } from './factory.ts';
import { type BootRequest, bootGuest, type OpenGuest } from './guest.ts';
import { KernelRefused } from './machine.ts';
import { ModuleFault } from './modules.ts';
import { isHostFault, mayBeStarved, retryBoot } from './retry.ts';
import { hiddenSplats, markLog } from './settle.ts';
import { shutDown } from './shut-down.ts';
import { symbolise } from './symbolise.ts';

const excerptLines = 25;

export interface BootStageRequest extends Omit<BootRequest, 'deadlines'> {
  readonly deadlines?: Partial<GuestDeadlines>;
  /** Leave a snapshot of the idle guest for a test stage that follows, which then needs no boot of its own. */
  readonly snapshot?: boolean;
}

/**
 * Boots a kernel and runs one program in it. What the kernel does wrong is a result: `crash` for a panic, oops, reboot
 * or power-off, `timeout` for a hang, `fail` for a report in its log or a program that can't run. The whole kernel log is
 * in `logFile`.
 *
 * @throws HostError when the machine is to blame in each of three attempts, InterruptedError
 */
export async function bootStage(request: BootStageRequest, context: Context): Promise<BootResult> {
  const started = performance.now();
  const { name } = request.target;
  try {
    const raw = await retryBoot(({ isLast }) => bootOnce(request, context, isLast), {
      mayHelp: isHostFault,
      onRetry: (error) =>
        context.emit({
          type: 'note',
          level: 'warning',
          text: `${name}: booting once more, since the machine may be to blame: ${textOf(error)}`,
        }),
    });
    const result = await withPlaces(raw, request);
    return { ...result, ms: Math.round(performance.now() - started) };
  } catch (error) {
    if (!isHostFault(error)) throw error;
    throw new HostError(`cannot boot a ${name} guest, tried several times: ${textOf(error)}`, {
      code: 'QB-QEMU',
      cause: error,
      hint: error instanceof HostError && error.hint !== undefined ? error.hint : `see ${request.logFile}`,
    });
  }
}

/** Names the lines of call traces, in the reports and in the excerpt of the cause. */
async function withPlaces(result: BootResult, { kernel, target }: BootStageRequest): Promise<BootResult> {
  const splats = await symbolise(result.splats, kernel, target);
  const shown = splats.find(({ severity }) => severity !== 'coverage');
  if (!result.cause || !shown || result.outcome === 'timeout') return { ...result, splats };
  return { ...result, splats, cause: { ...result.cause, excerpt: excerptOf(shown) } };
}

function textOf(error: unknown): string {
  return firstLine(error instanceof Error ? error.message : String(error));
}

/** What another try may do better. */
function starved(why: string): HostError {
  return new HostError(`too little processor time for the guest? ${why}`, { code: 'QB-QEMU', retryable: true });
}

async function bootOnce(request: BootStageRequest, context: Context, isLast: boolean): Promise<BootResult> {
  const started = performance.now();
  const result = (outcome: BootResult['outcome'], splats: readonly Splat[], cause?: Cause): BootResult => ({
    stage: 'boot',
    outcome,
    log: request.logFile,
    splats,
    ms: 0,
    reused: false,
    ...(cause && { cause }),
  });
  let guest: OpenGuest | undefined;
  let log: readonly string[] = [];
  let splats: readonly Splat[] = [];
  try {
    guest = await bootGuest(request, {
      signal: context.signal,
      onMachine: ({ reader }) => {
        log = reader.lines();
        splats = reader.splats();
      },
    });
    const run = await guest.run(['/bin/true']);
    const bootMs = Math.round(performance.now() - started);
    const mark = await markLog(guest);
    const hidden = mark === 'silent' ? await hiddenSplats(guest) : [];
    if (run.status !== 0) {
      const summary = `the guest cannot run /bin/true: ${run.stderr.trim() || `it ended with status ${run.status ?? '?'}`}`;
      return { ...result('fail', guest.splats(), kernelCause(request, summary, guest.log())), bootMs };
    }
    const judged = (when: string): BootResult | undefined => {
      splats = [...(guest?.splats() ?? splats), ...hidden];
      log = guest?.log() ?? log;
      const bad = splats.find(({ severity }) => severity !== 'coverage');
      if (!bad) return undefined;
      const cause = kernelCause(request, `the kernel reports while it ${when}: ${bad.title}`, log);
      return { ...result(bad.severity === 'fatal' ? 'crash' : 'fail', splats, cause), bootMs };
    };
    const boots = judged('boots');
    if (boots) return boots;
    if (!isLast && log.some((line) => request.target.lostClock?.test(line)))
      throw starved('its kernel could not measure its clock');
    // What comes late belongs to the boot as well: the guest is idle until it is saved, or shuts down.
    if (request.snapshot) await prepareSnapshot(guest, request, snapshotDirectory(context.cache), context);
    else {
      const { left: [stays] = [] } = await shutDown(guest, slownessOf(bootMs), request.modules);
      if (stays !== undefined)
        return { ...result('fail', guest.splats(), kernelCause(request, stays, guest.log())), bootMs };
    }
    const ends = judged(request.snapshot ? 'idles after its boot' : 'shuts down');
    if (ends) return ends;
    const unseen = whyUnseen(mark, log, guest.machine.reader.hasBanner());
    if (unseen === undefined) return { ...result('pass', splats), bootMs };
    return { ...result('fail', splats, kernelCause(request, `the log is incomplete: ${unseen}`, log)), bootMs };
  } catch (error) {
    if (!(error instanceof GuestGone) || error.ending === 'host') throw error;
    if (guest) {
      log = guest.log();
      splats = guest.splats();
    }
    if (error instanceof KernelRefused) return result('fail', splats, kernelCause(request, error.message, log));
    if (!isLast && mayBeStarved(error, log)) throw starved(error.message);
    if (error instanceof ModuleFault) return result('fail', splats, kernelCause(request, error.message, log));
    return result(
      endings[error.ending],
      splats,
      kernelCause(request, `the kernel does not boot: ${firstLine(error.message)}`, log),
    );
  } finally {
    await guest?.close();
  }
}

/** Why reports of the kernel may not have been seen, though none was; undefined where everything came. */
function whyUnseen(
  mark: Awaited<ReturnType<typeof markLog>>,
  log: readonly string[],
  hasBanner: boolean,
): string | undefined {
  if (mark === 'silent')
    return 'the messages of this kernel do not reach the console; is its driver enabled (CONFIG_*_CONSOLE)?';
  if (mark === 'unanswered') return 'this kernel accepts no message at /dev/kmsg; is CONFIG_PRINTK enabled?';
  const dropped = droppedMessages(log);
  if (dropped > 0) return `the console dropped ${dropped} messages, which may contain a report`;
  if (hasBanner) return undefined;
  return 'it does not begin with the banner (Linux version …), so its beginning was lost; a larger log_buf_len= keeps it';
}

const endings = { crash: 'crash', hang: 'timeout', reboot: 'crash', exit: 'crash' } as const satisfies Record<
  Exclude<GuestGone['ending'], 'host'>,
  Outcome
>;

function kernelCause(request: BootStageRequest, summary: string, log: readonly string[]): Cause {
  return { blame: 'kernel', summary, excerpt: log.slice(-excerptLines), log: request.logFile };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
