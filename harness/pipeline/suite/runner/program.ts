import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { CaseOutput, shownOutput } from '../../../guest/case-output.ts';
import { goodbyeIn } from '../../../guest/ending.ts';
import { droppedMessages } from '../../../guest/log/index.ts';
import { type CaseVerdict, failure, judgeGone, judgeSplats } from '../../../guest/verdict.ts';
import { hashValues } from '../../../host/files/hash.ts';
import { createKtapReader, ktapCases } from '../../../ktap/index.ts';
import {
  type CaseResult,
  type CommandOutcome,
  defined,
  GuestGone,
  type KtapCase,
  type ProgramSuite,
  type Splat,
  suiteKind,
} from '../../../model/index.ts';
import { lifeOf } from '../../guest/life.ts';
import { isHostFault } from '../../guest/retry.ts';
import type { GuestSource } from '../services.ts';
import { ktapResults } from './ktap-results.ts';
import { finishedRun, isChosen, keepLog, mayBeChosen, named, type OwnContext, withContextGuests } from './own.ts';
import type { Runner } from './runner.ts';

/** The case of a program as such. */
const endingName = 'exits with 0';
/** Further tries after the machine failed a program. */
const retries = 2;
const retryPauseMs = 200;
/** Bytes of a program's output that are kept. */
const mostOutput = 8 * 1024 * 1024;

/** What was seen of a program. */
interface Seen {
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

async function runOnce(suite: ProgramSuite, guests: GuestSource, context: OwnContext): Promise<Seen> {
  const started = performance.now();
  const stdout = collector();
  const output = collector();
  const life = lifeOf(await guests.acquire('snapshot'));
  const { guest } = life;
  let end: CommandOutcome | undefined;
  let error: unknown;
  try {
    end = await guest.run({
      argv: suite.argv,
      cwd: suite.script === undefined ? '/' : '/tests',
      timeoutMs: suite.timeoutMs * Math.max(context.timeScale, guests.slowness ?? 1),
      onOutput(chunk, from) {
        output.push(chunk);
        if (from === 'stdout') stdout.push(chunk);
      },
    });
    await life.settle();
  } catch (thrown) {
    error = thrown;
    await life.settle();
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

/** Where the machine failed, again with another guest. */
async function runRetrying(suite: ProgramSuite, guests: GuestSource, context: OwnContext): Promise<Seen> {
  for (let tries = 0; ; tries += 1) {
    const seen = await runOnce(suite, guests, context).catch(
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
function judgeAround({ error, splats, gone, lines }: Seen): CaseVerdict | undefined {
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

function judgeStatus({ end }: Seen, suite: ProgramSuite): CaseVerdict {
  const { argv, timeoutMs } = suite;
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

function testsIn(seen: Seen): readonly KtapCase[] {
  const reader = createKtapReader({ program: true });
  for (const line of seen.stdout.replace(/\n$/, '').split('\n')) reader.push(line.replace(/\r$/, ''));
  return ktapCases(reader.tree(), { ending: endingOf(seen) }).cases;
}

/** Decides a program by its rule, and what became of its guest. */
function judgeProgram(
  suite: ProgramSuite,
  seen: Seen,
  logs: { readonly suite: string; readonly log?: string; readonly outputLog?: string },
): CaseResult[] {
  const around = judgeAround(seen);
  const own = around ?? judgeStatus(seen, suite);
  const printed = new CaseOutput();
  printed.add(seen.output.replace(/\n$/, ''));
  const output = printed.lines().filter((line, index, all) => line !== '' || index < all.length - 1);
  const log = around?.outcome === 'crash' ? logs.log : logs.outputLog;
  const cause = own.cause && {
    ...own.cause,
    excerpt: [...own.cause.excerpt, ...shownOutput(output)],
    ...defined({ log: log ?? logs.log }),
  };
  const self: CaseResult = {
    ...{ suite: logs.suite, name: endingName, outcome: own.outcome, ms: seen.ms },
    ...(cause && { cause }),
    ...(seen.splats.length > 0 && { splats: seen.splats }),
    ...(output.length > 0 && { output }),
  };
  if (suite.pass === 'exit status' || own.cause?.blame === 'host') return [self];
  const tests = testsIn(seen);
  const results = ktapResults(tests, { suite: logs.suite, ms: seen.ms, ...defined({ log: logs.outputLog }) });
  // A program whose tests fail says so by its status as well.
  const isSaid = around === undefined && own.outcome === 'fail' && tests.some(({ outcome }) => outcome === 'fail');
  return own.outcome === 'pass' || (isSaid && seen.end?.signal === null) ? results : [...results, self];
}

async function runSuite(
  { name, suite }: { readonly name: string; readonly suite: ProgramSuite },
  guests: GuestSource,
  context: OwnContext,
): Promise<CaseResult[]> {
  const seen = await runRetrying(suite, guests, context);
  const { lines, output } = seen;
  const log = lines.length === 0 ? undefined : await keepLog(context, name, 'console.log', `${lines.join('\n')}\n`);
  const outputLog = output === '' ? undefined : await keepLog(context, name, 'output.txt', output);
  return judgeProgram(suite, seen, { suite: name, ...defined({ log, outputLog }) });
}

/** Programs of the guest, named in the project file: what counts is their exit status, or the tests that they print. */
export const program: Runner = {
  name: 'program',
  list: async (word) => Promise.resolve(suiteKind(word)?.kind === 'program' ? [word] : []),
  takes: (word) => suiteKind(word)?.kind === 'program',
  // What a program is made of is a part of the image, and how it is judged a part of the request.
  hash: async (words) => Promise.resolve(hashValues(words)),
  inspect: async () => Promise.resolve(finishedRun([])),
  run: (context, signal, heardOf) =>
    withContextGuests(context, signal, heardOf, async (guests, tell) => {
      const queue = new PQueue({ concurrency: Math.max(1, context.guests) });
      for (const { file, name } of context.suites) {
        const suite = context.programs?.[suiteKind(file)?.what ?? ''];
        if (!suite) throw new Error(`the suite ${file} came without its program`);
        const isOne = suite.pass === 'exit status';
        if (!mayBeChosen(name, context) || (isOne && !isChosen({ suite: name, name: endingName }, context))) continue;
        void queue.add(async () => {
          if (signal.aborted) return;
          for (const result of await runSuite({ name, suite }, guests, context)) {
            if (isChosen(result, context)) tell(result);
          }
        });
      }
      await queue.onIdle();
    }),
};
