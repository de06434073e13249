/**
 * Installs with apt what quiltboot needs and the machine lacks; with the argument `test` also what only its own tests use.
 * It asks nothing and says what it does. Where it may not install, it prints the one line that does, and ends with 69.
 */
import { $, argv, chalk } from 'zx';
import { findRequirement } from '../harness/host/make/requirements.ts';
import {
  bootTargets,
  installCommand,
  type Requirement,
  requirementsFor,
  s390x,
  x86_64,
} from '../harness/targets/index.ts';

const unavailable = 69;

/** What only tests use: those that need it are skipped without it. */
const forTests: readonly Requirement[] = [
  {
    name: 'chromium',
    package: 'chromium',
    purpose: 'tests the report page',
    check: { command: 'chromium', args: ['--version'] },
    optional: true,
  },
  {
    name: 'redis-server',
    package: 'redis-server',
    purpose: 'tests runs over a queue, each on a server of its own',
    check: { command: 'redis-server', args: ['--version'] },
    optional: true,
  },
  {
    name: 'gpg',
    package: 'gpg',
    purpose: 'makes keys and signatures for the tests of downloads',
    check: { command: 'gpg', args: ['--version'] },
    optional: true,
  },
];
/** `npm start` runs the series on two targets; what others need is told by the run that asks for them, and by doctor. */
const wanted = argv._.includes('test')
  ? [...requirementsFor(bootTargets), ...forTests]
  : requirementsFor([x86_64, s390x]);

async function lacking(): Promise<Requirement[]> {
  const found = await Promise.all(wanted.map(async (one) => ({ one, there: await findRequirement(one.check) })));
  return found.filter(({ there }) => there === undefined).map(({ one }) => one);
}

/** The words that make a command run as root; undefined when nothing does without asking for a password. */
async function asRoot(): Promise<string[] | undefined> {
  if ((await $({ quiet: true })`id -u`).stdout.trim() === '0') return [];
  return (await $({ nothrow: true, quiet: true })`sudo -n true`).ok ? ['sudo', '-n'] : undefined;
}

function giveUp(text: string, missing: readonly Requirement[], command: string): never {
  process.stderr.write(`set-up: ${text}\n`);
  for (const { name, purpose } of missing) process.stderr.write(`  ${name.padEnd(22)} ${purpose}\n`);
  process.stderr.write(`\nRun this line, then start again:\n\n  ${command}\n\n`);
  process.exit(unavailable);
}

async function install(root: readonly string[], packages: readonly string[]): Promise<boolean> {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C'];
  const apt = [...root, ...environment, 'apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=300'];
  const run = $({ nothrow: true, stdio: ['ignore', 'inherit', 'inherit'] });
  const words = ['install', '--no-install-recommends', ...packages];
  if ((await run`${apt} ${words}`).ok) return true;
  console.log('set-up: apt does not have everything; updating its lists');
  return (await run`${apt} update`).ok && (await run`${apt} ${words}`).ok;
}

const missing = await lacking();
if (missing.length === 0) {
  console.log('set-up: everything is there');
} else {
  const packages = [...new Set(missing.map((one) => one.package))].sort();
  const manual = `sudo ${installCommand(packages)}`;
  const root = await asRoot();
  if (!(await $({ nothrow: true, quiet: true })`which apt-get`).ok) {
    giveUp('this is not a Debian machine, and these are missing:', missing, 'install them with what your system has');
  }
  if (root === undefined) giveUp('not root, and sudo wants a password; these are missing:', missing, manual);
  console.log(`set-up: ${chalk.bold(`installing ${packages.join(' ')}`)}`);
  const done = await install(root, packages);
  const still = await lacking();
  const vital = still.filter((one) => !one.optional);
  if (vital.length > 0) giveUp('apt could not install everything; these are missing:', vital, manual);
  for (const { name, purpose } of still) console.log(`set-up: continuing without ${name} (${purpose})`);
  console.log(`set-up: ${done ? 'done' : 'done, with complaints of apt above'}`);
}
