/** A guest module without a machine: files in a map, a log, and a few scripts that make it misbehave. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLogReader } from '../../harness/guest/log/index.ts';
import {
  type CommandSpec,
  type Guest,
  GuestErrno,
  GuestGone,
  GuestRefusal,
  type Splat,
} from '../../harness/model/index.ts';
import type { GuestRequest } from '../../harness/model/suite.ts';
import { caseCounters } from '../../harness/pipeline/suite/case-counters.ts';
import type { GuestSource } from '../../harness/pipeline/suite/services.ts';
import { type FakeFaults, type FaultsState, fakeFaults } from './fake-faults.ts';

export interface FakeRequest {
  /** The first so many guests are lost by the machine. */
  readonly lost?: number;
  /** What each guest says and does by itself, by the milliseconds after it was made. */
  readonly later?: readonly { readonly ms: number; readonly script: string }[];
  /** What each does as soon as it is there, and when it is closed. */
  readonly now?: string;
  readonly atClose?: string;
  /** What the boot that they come from reported. */
  readonly booted?: string;
  /** What they do when they are shut down. */
  readonly shutDown?: string;
  /** Programs of the guests by their first word: what they print, how they end, and what the guest does meanwhile. */
  readonly programs?: Readonly<
    Record<string, { readonly out?: string; readonly status?: number; readonly signal?: number; readonly act?: string }>
  >;
  /** A program that counts what it executes, in the place of a kernel that does. It writes beside itself, for all guests. */
  readonly counted?: string;
  /** What is wrong with its fail-nth; `kmemleak`: nothing, and its kernel finds leaks. */
  readonly faults?: FaultsState;
  /** No guest can be made: an error of no class of ours. */
  readonly broken?: boolean;
}

const reports: Readonly<Record<string, string>> = {
  kmemleak:
    'unreferenced object 0xffff888003a5b000 (size 64):\n  backtrace:\n    [<ffffffff8025b001>] quilt_open+0x61/0x70\n',
  warn: 'WARNING: at kernel/quilt.c:55 quilt_count()\n [<ffffffff8025b001>] quilt_show+0x61/0x70\n',
  panic: 'Kernel panic - not syncing: quilt\n',
};

/** Ends of a guest: what it says, and how it goes. */
const ends: Readonly<Record<string, readonly [string, GuestGone['ending']]>> = {
  off: ['reboot: Power down', 'exit'],
  reset: ['reboot: Restarting system', 'reboot'],
};

function fakeGuest(request: FakeRequest): Guest {
  const { later = [], now, atClose, programs = {}, counted = '', booted } = request;
  let ended: GuestGone | undefined;
  const timers: NodeJS.Timeout[] = [];
  const reader = createLogReader({ wrapsLog: false });
  const files = new Map<string, string>();
  let close = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    close = () => reject(new GuestGone('exit', 'the guest was closed'));
  });
  closed.catch(() => undefined);
  const say = (text: string): void => reader.push(Buffer.from(text));
  const faults = fakeFaults(request.faults, say);
  const end = (script: string): void => {
    const [words, ending] = ends[script] ?? ['', 'exit'];
    say(`${words}\n`);
    ended = new GuestGone(ending, `the guest is gone: ${ending}`);
  };
  /** Does what a script says, at once or while nobody asks. */
  const act = (script: string): void => {
    say(reports[script] ?? '');
    if (script in ends) end(script);
    const [, word] = /^execute (\w)$/.exec(script) ?? [];
    if (word !== undefined) execFileSync(counted, [word]);
    if (script === 'lie') writeFileSync(path.join(path.dirname(counted), 'kernel/spool.gcda'), 'no counters');
    // It has said that it goes, and is not gone yet.
    if (script === 'going') say('Power down.\n');
    // A program has written half a line to the console.
    if (script === 'half') say('spool: 37 of 100 [    1.500000] WARNING: at kernel/quilt.c:55 quilt_count()\n');
  };
  if (now !== undefined) act(now);
  for (const { ms, script } of later) timers.push(setTimeout(() => act(script), ms));
  const guest = {
    pid: 1,
    faults,
    log: (from = 0) => reader.linesFrom(from),
    logLength: () => reader.lineCount(),
    ended: () => ended,
    splats: () => reader.splats(),
    waitForLog: async (pattern: RegExp) => {
      const line = reader.lines().find((each) => pattern.test(each));
      if (line === undefined) throw new Error('no such line');
      return Promise.resolve(line);
    },
    read: async (file: string) => {
      const text = files.get(file);
      if (text === undefined) throw new GuestErrno(`open("${file}")`, 'ENOENT', 2);
      return Promise.resolve(text);
    },
    readBytes: async (file: string) => {
      const [, shown] = /^\/sys\/kernel\/debug\/gcov(\/.*)$/.exec(file) ?? [];
      if (shown === undefined) throw new GuestErrno(`open("${file}")`, 'ENOENT', 2);
      return Promise.resolve(readFileSync(shown));
    },
    write: async (file: string, text: string) => {
      if (ended) throw ended;
      if (file === '/dev/kmsg') reader.push(Buffer.from(text));
      else files.set(file, text);
      return Promise.resolve();
    },
    exists: async (file: string) =>
      Promise.resolve(ended === undefined && !(booted === 'silent' && file.startsWith('/sys/kernel/debug'))),
    mount: async () => Promise.resolve(),
    umount: async () => Promise.resolve(),
    examine: async (what: string) => {
      const stopped = files.has('/stopped');
      const error = new GuestGone(stopped ? 'host' : 'hang', `${what}: CPU 0 in quilt_wait+0x1`);
      return Promise.resolve(error);
    },
    sh: async (asked: string) => {
      const [, kind] = /^allocate (\w+)$/.exec(asked) ?? [];
      const script = kind === undefined ? asked : faults.allocate(kind);
      act(script);
      const [, ms, rest] = /^after (\d+) (\w+)$/.exec(script) ?? [];
      if (rest !== undefined) timers.push(setTimeout(() => act(rest), Number(ms)));
      if (script === 'panic') throw new GuestGone('crash', 'the kernel panicked');
      if (script === 'false') throw new Error('the script ended with status 1');
      if (script === 'refuse' || script === 'muddle')
        throw new GuestRefusal('fork()', 'no', script === 'refuse' ? 'suite' : 'host');
      if (script === 'hang') return closed;
      if (kind !== undefined) return Promise.resolve(script);
      return Promise.resolve(script.includes('/proc/slabinfo') ? (files.get('/proc/slabinfo') ?? '') : '');
    },
    run: async (command: CommandSpec) => {
      const known = programs[command.argv[0]];
      const ended = { status: 0, signal: null, stdout: '', stderr: '', timedOut: false };
      if (!known) {
        if (command.argv[0] !== '/bin/reboot')
          return { ...ended, status: 127, stderr: 'quiltboot: cannot run it: ENOENT\n' };
        act('reset');
        return ended;
      }
      const { out = '', status = 0, signal, act: does } = known;
      command.onOutput?.(Buffer.from(out), 'stdout');
      if (does === 'hang') return { ...ended, status: null, signal: 9, stdout: out, timedOut: true };
      if (does !== undefined) act(does);
      if (does === 'panic') throw new GuestGone('crash', 'the kernel panicked');
      return Promise.resolve({
        ...ended,
        stdout: out,
        ...(signal === undefined ? { status } : { status: null, signal }),
      });
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      if (atClose !== undefined) act(atClose);
      close();
      return Promise.resolve();
    },
  };
  return guest as unknown as Guest;
}

/** The image's path is a {@link FakeRequest} in JSON here. */
export function openGuests(request: GuestRequest): GuestSource {
  const fake = JSON.parse(request.kernel.image) as FakeRequest;
  let lost = fake.lost ?? 0;
  const reportOf = (script: string | undefined): readonly Splat[] => {
    const reader = createLogReader({ wrapsLog: false });
    reader.push(Buffer.from(reports[script ?? ''] ?? ''));
    return reader.splats();
  };
  const counters = request.counters && caseCounters(request.counters);
  let idle: Promise<void> | undefined;
  return {
    ...(counters && { counters }),
    bootSplats: reportOf(fake.booted),
    knowsLeaks: () => fake.faults === 'kmemleak',
    findLeaks: async (guest) => {
      const leaked = (guest.faults as FakeFaults | undefined)?.leaked() === true;
      return Promise.resolve(leaked && fake.faults === 'kmemleak' ? reportOf('kmemleak') : []);
    },
    shutDown: async () =>
      Promise.resolve({ splats: reportOf(fake.shutDown), gone: new GuestGone('reboot', 'it went') }),
    acquire: async () => {
      if (fake.broken) throw new TypeError('no such image');
      if (lost > 0) {
        lost -= 1;
        throw new GuestGone('host', 'QEMU was killed from outside');
      }
      idle ??= counters?.idle(fakeGuest(fake), () => Promise.resolve());
      await idle;
      return Promise.resolve(fakeGuest(fake));
    },
    close: async () => Promise.resolve(),
  };
}
