/**
 * `npm test` and `npm run test:all`, once the machine is set up (scripts/bootstrap.mjs): every check of package.json, ava
 * with the command's groups of files, and where the time went. The counts stand alone on the last line.
 *
 *   run.ts test|test:all [WORDS FOR AVA]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { compiledName, compileTests } from './compile.ts';
import { type AvaCounts, countAva, failuresOf } from './count.ts';
import { openMemo } from './memo.ts';
import { type BuildTime, type FileTime, readLines, timeTable } from './table.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const [command = 'test', ...words] = process.argv.slice(2);
const setUpSeconds = Number(process.env['QUILTBOOT_SETUP_SECONDS'] ?? 0);

/** Signals go on to whatever runs; the terminal's Ctrl-C reaches it anyway, and its status decides. */
const running = new Set<{ kill(signal: NodeJS.Signals): boolean }>();
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => running.forEach((child) => void child.kill(signal)));
}

const say = (text: string): void => console.log(text);

interface Ended {
  readonly name: string;
  readonly ok: boolean;
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** Runs a command to its end; `onData` gets its output, stdout and stderr in one stream, while it runs. */
async function run(
  name: string,
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
  onData: (chunk: Buffer) => void = () => undefined,
): Promise<Ended> {
  const started = performance.now();
  const [file, ...args] = argv;
  const child = execa(file, args, { cwd: root, env, all: true, reject: false, stdin: 'inherit', maxBuffer: 2 ** 28 });
  running.add(child);
  child.all.on('data', onData);
  const { exitCode, signal, all, failed } = await child;
  running.delete(child);
  return {
    name,
    ok: !failed,
    interrupted: exitCode === 130 || signal === 'SIGINT' || signal === 'SIGTERM',
    seconds: (performance.now() - started) / 1000,
    output: all,
  };
}

/** Runs the checks two at a time, for most use one processor; each is printed when it has ended. */
async function runChecks(): Promise<Ended[]> {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const memo = openMemo(root);
  const all = Object.keys(scripts).filter((name) => name.startsWith('check:'));
  const left = all.filter((name) => !memo.passed(name));
  const known = all.filter((name) => memo.passed(name));
  if (known.length > 0) say(`passed before, and no file has changed since: ${known.join(', ')}`);
  const results: Ended[] = known.map((name) => ({ name, ok: true, interrupted: false, seconds: 0, output: '' }));
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const result = await run(name, ['npm', 'run', '--silent', name]);
      say(`\n--- ${name}\n${result.output}`);
      results.push(result);
      if (result.ok) memo.keep(name);
      if (result.interrupted) left.length = 0;
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Words for ava, for each step of the command (tests/groups.mjs); where somebody names files or options, those instead. */
async function stepsForAva(): Promise<readonly (readonly string[])[]> {
  if (words.length > 0) return [words];
  const { commands, groups } = (await import(path.join(root, 'tests', 'groups.mjs'))) as {
    readonly commands: Readonly<Record<string, readonly (readonly string[])[]>>;
    readonly groups: Readonly<Record<string, readonly string[]>>;
  };
  return (commands[command] ?? []).map((step) => step.flatMap((name) => groups[name] ?? []));
}

interface Tested extends Ended {
  readonly counts: AvaCounts;
}

async function runStep(wordsOfStep: readonly string[], env: Readonly<Record<string, string>>): Promise<Tested> {
  say('\n--- ava');
  const ava = path.join(root, 'node_modules', '.bin', 'ava');
  const result = await run('ava', [ava, ...wordsOfStep.map(compiledName)], env, (chunk) => process.stdout.write(chunk));
  const counts = countAva(result.output);
  if (result.ok && counts.passed === 0) say('no test ran');
  // A run that ends badly without a failed test (a file that can't be loaded, a crash) must not look green.
  const hidden = counts.failed === 0 && (!result.ok || counts.passed === 0);
  return { ...result, counts: hidden ? { ...counts, failed: 1 } : counts };
}

/** Runs ava step by step, whatever fails; as one result. */
async function runAva(env: Readonly<Record<string, string>>): Promise<Tested> {
  const results: Tested[] = [];
  await compileTests(root);
  for (const step of await stepsForAva()) {
    results.push(await runStep(step, env));
    if (results.at(-1)?.interrupted) break;
  }
  const total = (of: (one: Tested) => number): number => results.reduce((sum, one) => sum + of(one), 0);
  return {
    name: 'ava',
    ok: results.length > 0 && results.every(({ ok }) => ok),
    interrupted: results.some(({ interrupted }) => interrupted),
    seconds: total(({ seconds }) => seconds),
    output: results.map(({ counts, output }) => (counts.failed > 0 ? failuresOf(output) : '')).join('\n'),
    counts: {
      passed: total(({ counts }) => counts.passed),
      failed: total(({ counts }) => counts.failed) + (results.length === 0 ? 1 : 0),
      skipped: total(({ counts }) => counts.skipped),
    },
  };
}

/** Prints the counts; every check counts as one test. Returns the exit status. */
function conclude(checks: readonly Ended[], { passed, failed, skipped }: AvaCounts): number {
  const broken = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const names = failed > 0 ? [...broken, 'ava'] : broken;
  say(names.length === 0 ? '\nevery check passed' : `\nfailed: ${names.join(', ')}`);
  const more = skipped > 0 ? `, ${skipped} skipped` : '';
  say(`${passed + checks.length - broken.length} passed, ${failed + broken.length} failed${more}`);
  return names.length > 0 ? 1 : 0;
}

const scratch = mkdtempSync(path.join(os.tmpdir(), 'quiltboot-times-'));
try {
  const checks = await runChecks();
  const times = path.join(scratch, 'times');
  const builds = path.join(scratch, 'builds');
  const stopped = checks.some(({ interrupted }) => interrupted);
  const ava = stopped
    ? undefined
    : await runAva({
        // What was compiled a moment ago is what users start, and starts faster than the sources.
        QUILTBOOT_TEST_COMPILED: '1',
        QUILTBOOT_TESTS_COMPILED: '1',
        ...(process.argv[2] === 'test:all' ? { QUILTBOOT_TEST_ALL: '1', QUILTBOOT_TEST_REPRODUCE: '1' } : {}),
        QUILTBOOT_TEST_TIMES: times,
        QUILTBOOT_BUILDS: builds,
      });
  if (ava === undefined || ava.interrupted) {
    process.exitCode = 130;
  } else {
    const steps = [{ name: 'set-up', seconds: setUpSeconds }, ...checks, ava];
    say(`\n${timeTable({ steps, files: readLines<FileTime>(times), builds: readLines<BuildTime>(builds) })}`);
    if (ava.counts.failed > 0) say(`\nwhat failed, once more\n${ava.output}`);
    process.exitCode = conclude(checks, ava.counts);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
