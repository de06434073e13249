/**
 * `npm start`, `npm test`, `npm run test:all` and `npm run setup` begin here, on a machine where nothing is installed yet:
 * plain Node, no packages. It gets the packages, lets scripts/setup.ts get the system's tools, compiles what is stale, and
 * then starts the program or the checks (scripts/test/run.ts).
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

/** Runs a command to its end. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    running = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    running.on('error', (error) => resolve({ status: 127, error }));
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
  const sources = ['harness', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/bundle.ts'].map(
    (name) => newest(at(name)),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs > Math.max(...sources)) return;
  say('compiling into dist/');
  const started = new Date();
  await must('npm', ['run', '--silent', 'build'], 'compiling');
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stamp, `${started.toISOString()}\n`);
}

const tests = action === 'test' || action === 'test:all';
const started = performance.now();
checkNode();
await packages();
await must(process.execPath, ['--import=tsx', at('scripts', 'setup.ts'), ...(tests ? ['test'] : [])], 'set-up');
if (action === 'setup') process.exit(0);
await compile();
if (tests || action === 'start') {
  const program = tests ? ['--import=tsx', at('scripts', 'test', 'run.ts'), action] : [at('dist', 'main.js'), 'run'];
  const env = { QUILTBOOT_SETUP_SECONDS: `${(performance.now() - started) / 1000}` };
  const result = await run(process.execPath, [...program, ...words], tests ? env : {});
  process.exitCode = interrupted(result) ? 130 : result.status;
} else {
  fail(2, `unknown action "${action}"; known: start, test, test:all, setup`);
}
