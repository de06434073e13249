/** A guest module without a machine: files in a map, a log, and a few scripts that make it misbehave. */
import { createLogReader } from '../../harness/guest/log/index.ts';
import { type Guest, GuestErrno, GuestGone, GuestRefusal } from '../../harness/model/index.ts';
import type { GuestRequest } from '../../harness/model/suite.ts';
import type { GuestSource } from '../../harness/pipeline/suite/services.ts';

export interface FakeRequest {
  /** The first so many guests are lost by the machine. */
  readonly lost?: number;
  /** No guest can be made: an error of no class of ours. */
  readonly broken?: boolean;
}

const reports: Readonly<Record<string, string>> = {
  warn: 'WARNING: at kernel/quilt.c:55 quilt_count()\n [<ffffffff8025b001>] quilt_show+0x61/0x70\n',
  panic: 'Kernel panic - not syncing: quilt\n',
};

function fakeGuest(): Guest {
  const reader = createLogReader({ wrapsLog: false });
  const files = new Map<string, string>();
  let close = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    close = () => reject(new GuestGone('exit', 'the guest was closed'));
  });
  closed.catch(() => undefined);
  const guest = {
    pid: 1,
    log: () => reader.lines(),
    splats: () => reader.splats(),
    waitForLog: async (pattern: RegExp) => {
      const line = reader.lines().find((each) => pattern.test(each));
      if (line === undefined) throw new Error('no such line');
      return Promise.resolve(line);
    },
    read: async (path: string) => {
      const text = files.get(path);
      if (text === undefined) throw new GuestErrno(`open("${path}")`, 'ENOENT', 2);
      return Promise.resolve(text);
    },
    write: async (path: string, text: string) => {
      if (path === '/dev/kmsg') reader.push(Buffer.from(text));
      else files.set(path, text);
      return Promise.resolve();
    },
    exists: async () => Promise.resolve(true),
    examine: async (what: string) => {
      const stopped = files.has('/stopped');
      const error = new GuestGone(stopped ? 'host' : 'hang', `${what}: CPU 0 in quilt_wait+0x1`);
      return Promise.resolve(error);
    },
    sh: async (script: string) => {
      reader.push(Buffer.from(reports[script] ?? ''));
      if (script === 'panic') throw new GuestGone('crash', 'the kernel panicked');
      if (script === 'false') throw new Error('the script ended with status 1');
      if (script === 'refuse' || script === 'muddle')
        throw new GuestRefusal('fork()', 'no', script === 'refuse' ? 'suite' : 'host');
      if (script === 'hang') return closed;
      return Promise.resolve('');
    },
    close: async () => {
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
  return {
    acquire: async () => {
      if (fake.broken) throw new TypeError('no such image');
      if (lost > 0) {
        lost -= 1;
        throw new GuestGone('host', 'QEMU was killed from outside');
      }
      return Promise.resolve(fakeGuest());
    },
    close: async () => Promise.resolve(),
  };
}
