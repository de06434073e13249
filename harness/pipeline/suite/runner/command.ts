import { setTimeout as sleep } from 'node:timers/promises';
import { CaseOutput, shownOutput } from '../../../guest/case-output.ts';
import { goodbyeIn } from '../../../guest/ending.ts';
import { droppedMessages } from '../../../guest/log/index.ts';
import { type CaseVerdict, failure, judgeGone, judgeSplats } from '../../../guest/verdict.ts';
import { createKtapReader, ktapCases } from '../../../ktap/index.ts';
import {
  type CaseResult,
  type CommandOutcome,
  defined,
  GuestGone,
  type KtapCase,
  type Splat,
} from '../../../model/index.ts';
import { lifeOf } from '../../guest/life.ts';
import { isHostFault } from '../../guest/retry.ts';
import type { GuestSource } from '../services.ts';
import { keepLog, named, type OwnContext } from './own.ts';

/** A command that a guest of its own runs. */
export interface GuestCommand {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Whose counters these are. */
  readonly label: string;
  /** Milliseconds on a machine of usual speed. */
  readonly timeoutMs: number;
}

/** Further tries after the machine failed a program. */
const retries = 2;
const retryPauseMs = 200;
/** Bytes of a program's output that are kept. */
const mostOutput = 8 * 1024 * 1024;

/** What was seen of a command. */
export interface Seen {
  readonly end?: CommandOutcome;
  readonly error?: unknown;
  readonly splats: readonly Splat[];
  readonly lines: readonly string[];
  readonly gone?: GuestGone;
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly output: string;
  readonly ms: number;
}

/** Keeps what a program prints, up to a limit. */
function collector(): { readonly push: (chunk: Uint8Array) => void; readonly text: () => string } {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let lost = 0;
  return {
    push(chunk) {
      const kept = chunk.subarray(0, Math.max(0, mostOutput - size));
      if (kept.length > 0) chunks.push(Buffer.from(kept));
      size += kept.length;
      lost += chunk.length - kept.length;
    },
    text() {
      const text = Buffer.concat(chunks).toString('utf8');
      return lost === 0 ? text : `${text}\n[${lost} more bytes were not kept]\n`;
    },
  };
}

async function runOnce(command: GuestCommand, guests: GuestSource, context: OwnContext): Promise<Seen> {
  const started = performance.now();
  const stdout = collector();
  const output = collector();
  const life = lifeOf(await guests.acquire('snapshot'));
  const { guest } = life;
  let end: CommandOutcome | undefined;
  let error: unknown;
  try {
    await guests.counters?.begin(guest);
    end = await guest.run({
      argv: command.argv,
      cwd: command.cwd,
      timeoutMs: command.timeoutMs * Math.max(context.timeScale, guests.slowness ?? 1),
      onOutput(chunk, from) {
        output.push(chunk);
        if (from === 'stdout') stdout.push(chunk);
      },
    });
    await life.settle();
    await guests.counters?.end(guest, command.label);
  } catch (thrown) {
    error = thrown;
    await life.settle();
    await guests.counters?.end(undefined, command.label);
  } finally {
    await guest.close();
  }
  const stretch = life.take();
  return {
    ...defined({ end, error, gone: stretch.gone }),
    splats: await named(stretch.splats, context),
    lines: stretch.lines,
    stdout: stdout.text(),
    output: output.text(),
    ms: Math.round(performance.now() - started),
  };
}

/** Runs a command in a guest of its own; where the machine failed, again with another one. */
export async function runInGuest(command: GuestCommand, guests: GuestSource, context: OwnContext): Promise<Seen> {
  for (let tries = 0; ; tries += 1) {
    const seen = await runOnce(command, guests, context).catch(
      (error: unknown): Seen => ({ error, splats: [], lines: [], stdout: '', output: '', ms: 0 }),
    );
    const isHost = isHostFault(seen.error) || seen.gone?.ending === 'host';
    if (!isHost || tries >= retries) return seen;
    await sleep(retryPauseMs);
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** What the kernel or the machine did to the program, whatever that says itself. */
export function judgeAround({ error, splats, gone, lines }: Seen): CaseVerdict | undefined {
  const crashed = judgeSplats(splats);
  if (crashed) return crashed;
  const lost = error instanceof GuestGone ? error : gone;
  if (lost?.ending === 'host' || (error !== undefined && !(error instanceof GuestGone))) {
    const summary = error instanceof Error ? error.message : (lost?.message ?? 'there is no guest');
    return { outcome: 'not-run', cause: { blame: 'host', summary, excerpt: [] } };
  }
  if (lost) return judgeGone(lost);
  const goodbye = goodbyeIn(lines);
  if (goodbye !== undefined)
    return { ...failure(`the guest was told to end: ${goodbye}`, 'kernel', []), outcome: 'crash' };
  const dropped = droppedMessages(lines);
  if (dropped === 0) return undefined;
  return failure(
    `the log is incomplete: the console dropped ${dropped} messages, which may contain a report`,
    'kernel',
    [],
  );
}

/** Decides a command by how it ended: only with status 0 does it pass. */
export function judgeStatus({ end }: Seen, { argv, timeoutMs }: Pick<GuestCommand, 'argv' | 'timeoutMs'>): CaseVerdict {
  const [program] = argv;
  if (!end) return failure(`${program} has no end`, 'suite', []);
  if (end.timedOut) {
    const summary = `${program} did not end within ${seconds(timeoutMs)}, and was killed`;
    return { ...failure(summary, 'suite', []), outcome: 'timeout' };
  }
  const refused = /^quiltboot: cannot run .*$/m.exec(end.stderr)?.[0];
  if (refused !== undefined) return failure(refused.replace('quiltboot: ', 'the guest '), 'suite', []);
  if (end.signal !== null) return failure(`${program} was ended by signal ${end.signal}`, 'kernel', []);
  return end.status === 0
    ? { outcome: 'pass' }
    : failure(`${program} ended with status ${end.status ?? '?'}`, 'kernel', []);
}

/** How a stream of tests ended, by how its program did. */
function endingOf({ end, error, gone }: Seen): 'whole' | 'timeout' | 'crash' {
  const lost = error instanceof GuestGone ? error : gone;
  if (end?.timedOut || lost?.ending === 'hang') return 'timeout';
  return lost || !end ? 'crash' : 'whole';
}

/** The tests that a command printed. */
export function testsIn(seen: Seen): readonly KtapCase[] {
  const reader = createKtapReader({ program: true });
  for (const line of seen.stdout.replace(/\n$/, '').split('\n')) reader.push(line.replace(/\r$/, ''));
  return ktapCases(reader.tree(), { ending: endingOf(seen) }).cases;
}

/** What a command printed, as the lines that a case keeps. */
function printedLines({ output }: Seen): readonly string[] {
  const printed = new CaseOutput();
  printed.add(output.replace(/\n$/, ''));
  return printed.lines().filter((line, index, all) => line !== '' || index < all.length - 1);
}

/** Files that a command left, relative to the log directory. */
export interface SeenLogs {
  /** The kernel log. */
  readonly log?: string;
  readonly outputLog?: string;
}

/** Keeps what a command left; names of files begin with `prefix`. */
export async function keepSeen(
  { lines, output }: Seen,
  suite: string,
  context: OwnContext,
  prefix = '',
): Promise<SeenLogs> {
  const log =
    lines.length === 0 ? undefined : await keepLog(context, suite, `${prefix}console.log`, `${lines.join('\n')}\n`);
  const outputLog = output === '' ? undefined : await keepLog(context, suite, `${prefix}output.txt`, output);
  return defined({ log, outputLog });
}

/** The case of a command as such, with what it printed. */
export function endResult(
  one: Pick<CaseResult, 'suite' | 'name'>,
  { outcome, reason, cause }: CaseVerdict,
  seen: Seen,
  { log, outputLog }: SeenLogs,
): CaseResult {
  const output = printedLines(seen);
  const first = outcome === 'crash' ? log : outputLog;
  return {
    ...{ suite: one.suite, name: one.name, outcome, ms: seen.ms, ...defined({ reason }) },
    ...(cause && {
      cause: { ...cause, excerpt: [...cause.excerpt, ...shownOutput(output)], ...defined({ log: first ?? log }) },
    }),
    ...(seen.splats.length > 0 && { splats: seen.splats }),
    ...(output.length > 0 && { output }),
  };
}
