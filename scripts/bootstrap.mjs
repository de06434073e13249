/**
 * `npm start`, `npm test` and `npm run setup` begin here, on a machine where nothing is installed yet: plain Node, no
 * packages. It gets the packages, lets scripts/setup.ts get the system's tools, compiles what is stale, and then starts
 * the program or the checks.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const at = (...parts) => path.join(root, ...parts);
const [action = 'start', ...words] = process.argv.slice(2);

const say = (text) => console.log(text);
const fail = (status, text) => {
  console.error(text);
  process.exit(status);
};

/** Signals go on to whoever is running; the terminal's Ctrl-C reaches it anyway, and its status decides. */
let running;
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => running?.kill(signal));

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a command to its end; `onData` gets its output, which is passed on as well. `env` is added to the environment. */
function run(command, args, onData, env = {}) {
  return new Promise((resolve) => {
    const stdio = onData ? ['inherit', 'pipe', 'pipe'] : 'inherit';
    running = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...env } });
    running.on('error', (error) => resolve({ status: 127, error }));
    for (const [from, to] of [
      [running.stdout, process.stdout],
      [running.stderr, process.stderr],
    ]) {
      from?.on('data', (chunk) => {
        to.write(chunk);
        onData(chunk);
      });
    }
    running.on('close', (code, signal) => resolve({ status: code ?? 128 + (signalNumbers[signal] ?? 1), signal }));
  });
}

const interrupted = ({ status, signal }) => status === 130 || signal === 'SIGINT' || signal === 'SIGTERM';

async function must(command, args, what) {
  const result = await run(command, args);
  if (interrupted(result)) process.exit(130);
  if (result.status === 0) return;
  if (result.error) fail(69, `${what}: cannot run ${command}: ${result.error.message}`);
  fail(
    result.status === 69 ? 69 : 1,
    `${what} failed: ${command} ${args.join(' ')} ended with status ${result.status}`,
  );
}

const bin = (name) => at('node_modules', '.bin', name);

function checkNode() {
  const wanted = [20, 15];
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  fail(
    69,
    `quiltboot needs Node ${wanted.join('.')} or newer, this is ${process.version}; get it from https://nodejs.org`,
  );
}

async function packages() {
  const directory = at('node_modules');
  const stamp = at('node_modules', '.quiltboot-lock');
  const lock = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  if (existsSync(directory) && lstatSync(directory).isSymbolicLink()) {
    return say('packages: node_modules is a link and left as it is');
  }
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say(existsSync(directory) ? 'packages: the lock file has changed; running npm ci' : 'packages: running npm ci');
  await must('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'getting the packages');
  writeFileSync(stamp, lock);
}

function newest(file) {
  const info = statSync(file);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

async function compile() {
  const stamp = at('dist', '.compiled');
  const sources = ['harness', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) =>
    newest(at(name)),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs > Math.max(...sources)) return;
  say('compiling into dist/');
  const started = new Date();
  await must('npm', ['run', '--silent', 'build'], 'compiling');
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stamp, `${started.toISOString()}\n`);
}

/** Every `check:` script of package.json counts as one test; ava counts its own. */
async function test() {
  const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const broken = [];
  for (const name of Object.keys(scripts).filter((one) => one.startsWith('check:'))) {
    say(`\n--- ${name}`);
    const result = await run('npm', ['run', '--silent', name]);
    if (interrupted(result)) process.exit(130);
    counts[result.status === 0 ? 'passed' : 'failed'] += 1;
    if (result.status !== 0) broken.push(name);
  }
  say('\n--- ava');
  let output = '';
  const keep = (chunk) => {
    output += chunk;
  };
  // What was compiled a moment ago is what users start, and starts faster than the sources.
  const result = await run(bin('ava'), words, keep, { QUILTBOOT_TEST_COMPILED: '1' });
  if (interrupted(result)) process.exit(130);
  const ava = countAva(output);
  // A run that ends badly without a failed test (a file that can't be loaded, a crash) must not look green.
  if (result.status !== 0 && ava.failed === 0) ava.failed = 1;
  if (result.status === 0 && ava.passed === 0) {
    say('no test ran');
    ava.failed = 1;
  }
  if (ava.failed > 0) broken.push('ava');
  for (const kind of Object.keys(counts)) counts[kind] += ava[kind];
  say(broken.length === 0 ? '\nevery check passed' : `\nfailed: ${broken.join(', ')}`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  say(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

/**
 * Counts ava's tests: those that passed by their lines, since ava sums them up only when none failed; the others by the
 * summary at the end (`  1 test failed`, `  1 uncaught exception`).
 */
function countAva(output) {
  // Colours are left out: they are there when somebody forces them.
  const text = output.replaceAll(/\u001b\[[0-9;]*m/g, '');
  const passed = text.match(/^ +[✔√] /gm)?.length ?? 0;
  const count = { passed, failed: 0, skipped: 0 };
  const summary = text.slice(Math.max(0, text.lastIndexOf('\n  ─')));
  const failed =
    /^ *(\d+) (?:tests? failed|hooks? failed|tests? remaining|unhandled rejections?|uncaught exceptions?)/gm;
  for (const match of summary.matchAll(failed)) count.failed += Number(match[1]);
  for (const match of summary.matchAll(/^ *(\d+) tests? (?:skipped|todo)$/gm)) count.skipped += Number(match[1]);
  return count;
}

checkNode();
await packages();
await must(process.execPath, ['--import=tsx', at('scripts', 'setup.ts'), action], 'set-up');
if (action === 'setup') process.exit(0);
await compile();
if (action === 'test') {
  await test();
} else if (action === 'start') {
  const result = await run(process.execPath, [at('dist', 'main.js'), 'run', ...words]);
  process.exitCode = interrupted(result) ? 130 : result.status;
} else {
  fail(2, `unknown action "${action}"; known: start, test, setup`);
}
