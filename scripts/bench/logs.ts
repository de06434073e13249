/**
 * What the recogniser of kernel logs costs: megabytes for each second of CPU on ordinary logs and on floods of every kind,
 * and the same beside a plain split of the same bytes into lines, for a figure that does not depend on the machine. Each
 * kind is read in a process of its own, which also tells its memory.
 *
 *   npx tsx scripts/bench/logs.ts [--mb 50] [--only ordinary,warnings]
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { argv } from 'zx';
import { createLogReader } from '../../harness/guest/log/index.ts';
import { type Figure, printFigures } from './figures.ts';

const fixtures = path.resolve(import.meta.dirname, '..', '..', 'tests', 'fixtures', 'logs');
const logs = readdirSync(fixtures).filter((name) => name.endsWith('.log'));
const read = (name: string): string => readFileSync(path.join(fixtures, name), 'utf8');
const blockBytes = 65_536;

const stamp = (line: string, index: number): string => `[${(index / 1000).toFixed(6).padStart(12)}] ${line}`;
const unstamped = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\[ *\d+\.\d+\] /, ''));
const stamped = (lines: readonly string[]): string => `${lines.map(stamp).join('\n')}\n`;

const booted = (): string[] =>
  logs
    .filter((name) => name.startsWith('booted-'))
    .flatMap((name) => unstamped(read(name)).filter((line) => !line.startsWith('Linux version')));
const frames = ['quilt_do+0x1c/0x40', 'quilt_top+0x9a/0x120', 'vfs_write+0xb1/0x3a0', 'ksys_write+0x5f/0xe0'];
const warning = (index: number): string[] => [
  '------------[ cut here ]------------',
  `WARNING: CPU: 0 PID: ${index} at kernel/quilt.c:55 quilt_do+0x1c/0x40`,
  'Modules linked in:',
  `CPU: 0 PID: ${index} Comm: spool Not tainted 6.1.0 #1`,
  'RIP: 0010:quilt_do+0x1c/0x40',
  'Code: 0f 0b eb fe 66 90 55 48 89 e5 53 48 89 fb 48 83 ec 10 65 48 8b 04 25 28 00 00',
  'RSP: 0018:ffffc900003a7e50 EFLAGS: 00010246',
  'Call Trace:',
  ' <TASK>',
  ...frames.map((frame) => ` ${frame}`),
  ' </TASK>',
  '---[ end trace 0000000000000000 ]---',
];
const lockup = (index: number, cpu: number): string[] =>
  [
    `watchdog: BUG: soft lockup - CPU#${cpu} stuck for ${22 + (index % 40)}s! [spool:${400 + index}]`,
    'Modules linked in:',
    `CPU: ${cpu} PID: ${400 + index} Comm: spool Tainted: G             L     6.1.0 #1`,
    'RIP: 0010:quilt_spin+0x12/0x30',
    'RSP: 0018:ffffc900003a7e50 EFLAGS: 00000246',
    'Call Trace:',
    ' <TASK>',
    ...frames.map((frame) => ` ${frame}`),
    ' </TASK>',
  ].map((line) => `[${`C${cpu}`.padStart(6)}] ${line}`);
/** What two processors say, line by line in turn. */
const interleaved = (index: number): string[] => {
  const other = lockup(index + 1, 1);
  return lockup(index, 0).flatMap((line, at) => [line, ...other.slice(at, at + 1)]);
};
const stack = (title: string): string[] => [title, ...frames.map((frame) => ` ${frame}`), ''];
const kasan = (index: number): string[] => [
  '='.repeat(66),
  'BUG: KASAN: slab-use-after-free in quilt_do+0x1c/0x40',
  `Read of size 8 at addr ffff888003a7e${(index % 4096).toString(16).padStart(3, '0')} by task spool/${400 + index}`,
  '',
  `CPU: 0 PID: ${400 + index} Comm: spool Not tainted 6.1.0 #1`,
  ...stack('Call Trace:'),
  ...stack(`Allocated by task ${400 + index}:`),
  ...stack(`Freed by task ${400 + index}:`),
  'The buggy address belongs to the object at ffff888003a7e000',
  ' which belongs to the cache kmalloc-64 of size 64',
  'Memory state around the buggy address:',
  ...Array.from({ length: 5 }, () => ' ffff888003a7df00: fc fc fc fc fc fc fc fc fc fc fc fc fc fc fc fc'),
  '='.repeat(66),
];
const lockdep = (index: number): string[] => [
  '======================================================',
  'WARNING: possible circular locking dependency detected',
  '6.1.0 #1 Not tainted',
  '------------------------------------------------------',
  `spool/${400 + index} is trying to acquire lock:`,
  'ffffffff82a1c0e0 (quilt_a){+.+.}-{3:3}, at: quilt_do+0x1c/0x40',
  '',
  'but task is already holding lock:',
  'ffffffff82a1c180 (quilt_b){+.+.}-{3:3}, at: quilt_top+0x9a/0x120',
  '',
  'which lock already depends on the new lock.',
  '',
  'the existing dependency chain (in reverse order) is:',
  '',
  ...stack('-> #1 (quilt_b){+.+.}-{3:3}:'),
  ...stack('-> #0 (quilt_a){+.+.}-{3:3}:'),
  'other info that might help us debug this:',
  '',
  `1 lock held by spool/${400 + index}:`,
  ' #0: ffffffff82a1c180 (quilt_b){+.+.}-{3:3}, at: quilt_top+0x9a/0x120',
  '',
  'stack backtrace:',
  `CPU: 0 PID: ${400 + index} Comm: spool Not tainted 6.1.0 #1`,
  ...stack('Call Trace:'),
];
const many = (count: number, make: (index: number) => readonly string[]): string[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

interface Kind {
  /** Megabytes a second of CPU. */
  readonly least: number;
  readonly text: () => string;
}

/** Each is repeated until it has the bytes that are wanted. */
const kinds: Readonly<Record<string, Kind>> = {
  ordinary: { least: 60, text: () => stamped(booted()) },
  'ordinary, no stamps': { least: 60, text: () => `${booted().join('\n')}\n` },
  'ordinary, caller ids': { least: 60, text: () => stamped(booted().map((line) => `[    T1] ${line}`)) },
  'ordinary, of a journal': {
    least: 60,
    text: () =>
      booted()
        .map((line) => `Nov 29 10:11:12 host kernel: ${line}`)
        .join('\n'),
  },
  'one-line reports': { least: 20, text: () => stamped(many(500, (at) => [`BUG: spool ${at} is empty`])) },
  'one-line reports, all different': {
    least: 20,
    text: () => stamped(many(30_000, (at) => [`BUG: spool ${at} is empty`])),
  },
  'soft lockups, interleaved': { least: 20, text: () => stamped(many(200, interleaved)) },
  'KASAN reports': { least: 20, text: () => stamped(many(200, kasan)) },
  'lockdep reports': { least: 20, text: () => stamped(many(200, lockdep)) },
  warnings: { least: 20, text: () => stamped(many(200, warning)) },
  'warnings, no stamps': { least: 20, text: () => `${many(200, warning).join('\n')}\n` },
  'recorded reports': {
    least: 20,
    text: () => stamped(logs.filter((name) => name.startsWith('provoked-')).flatMap((name) => unstamped(read(name)))),
  },
  'stacks without a head': {
    least: 20,
    text: () =>
      stamped(many(200, (at) => [`spool ${at}: again`, 'Call Trace:', ...frames.map((frame) => ` ${frame}`)])),
  },
  newlines: { least: 20, text: () => '\n'.repeat(4096) },
  'one endless line': { least: 20, text: () => 'BUG: spool '.repeat(400) },
};

/** Reads one kind and prints what it cost as JSON. */
function measure(name: string, megabytes: number): void {
  const kind = kinds[name];
  if (!kind) throw new Error(`no such kind: ${name}`);
  const piece = Buffer.from(kind.text());
  const block = Buffer.concat(Array.from({ length: Math.ceil(1e6 / piece.length) }, () => piece));
  const rounds = Math.max(1, Math.ceil((megabytes * 1e6) / block.length));
  const cost = (work: (bytes: Buffer) => void): number => {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1)
      for (let at = 0; at < block.length; at += blockBytes) work(block.subarray(at, at + blockBytes));
    const { user, system } = process.cpuUsage(before);
    return (rounds * block.length) / (user + system);
  };
  let lines = 0;
  const plain = cost((bytes) => {
    for (const line of bytes.toString('latin1').split('\n')) lines += line.length > 0 ? 1 : 0;
  });
  const before = process.memoryUsage().rss;
  const reader = createLogReader({ wrapsLog: false });
  const own = cost((bytes) => reader.push(bytes));
  reader.end();
  const memory = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;
  process.stdout.write(JSON.stringify({ own, plain, memory, lines, reports: reader.splats().length }));
}

interface Cost {
  readonly own: number;
  readonly plain: number;
  readonly memory: number;
  readonly reports: number;
}

const megabytes = typeof argv['mb'] === 'number' ? argv['mb'] : 50;
if (typeof argv['measure'] === 'string') measure(argv['measure'], megabytes);
else {
  const wanted = typeof argv['only'] === 'string' ? argv['only'].split(';') : Object.keys(kinds);
  const figures: Figure[] = [];
  for (const name of wanted) {
    const words = ['--import=tsx', import.meta.filename, '--measure', name, '--mb', String(megabytes)];
    const { own, plain, memory, reports } = JSON.parse(
      execFileSync(process.execPath, words, { encoding: 'utf8' }),
    ) as Cost;
    const detail = `${(plain / own).toFixed(1)} plain splits (${plain.toFixed(0)} MB/s), ${reports} reports`;
    figures.push({ name: `${name}, MB/s of CPU`, value: own, limit: kinds[name]?.least ?? 20, atLeast: true, detail });
    figures.push({ name: `${name}, MB of memory`, value: memory, limit: 100 });
  }
  printFigures(figures, { node: process.version, 'MB of each': String(megabytes) });
}
