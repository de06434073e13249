import test from 'ava';
import { type CommandOutcome, type Guest, GuestGone, type LoadedModule } from '../../../harness/model/index.ts';
import { loadModules, readLoaded, unloadModules } from '../../../harness/pipeline/guest/modules.ts';

const reel: LoadedModule = { name: 'reel', file: '/lib/modules/reel.ko', parameters: [] };
const quilt: LoadedModule = { name: 'quilt', file: '/lib/modules/quilt.ko', parameters: ['patches=4', 'name=a'] };

interface Scene {
  /** Rows of /proc/modules by their first word. */
  readonly loaded?: Readonly<Record<string, string>>;
  /** Answers of insmod and rmmod by what they are asked for; all else succeeds. */
  readonly answers?: Readonly<Record<string, Partial<CommandOutcome> | GuestGone>>;
  /** What the kernel says while it loads something. */
  readonly says?: string;
  /** Modules that are there after they were unloaded. */
  readonly stubborn?: boolean;
}

function guestOf({ loaded = {}, answers = {}, says, stubborn }: Scene) {
  const rows = new Map(Object.entries(loaded));
  const asked: string[] = [];
  const lines: string[] = [];
  const guest = {
    ended: () => undefined,
    log: (from = 0) => lines.slice(from),
    logLength: () => lines.length,
    read: () => Promise.resolve([...rows].map(([name, row]) => `${name} 16384 ${row} Live 0x0\n`).join('')),
    write: (_: string, text: string) => {
      lines.push(text.replace(/^<3>/, '').trim());
      return Promise.resolve();
    },
    run: ({ argv }: { readonly argv: readonly string[] }) => {
      asked.push(argv.join(' '));
      if (says !== undefined) lines.push(`[    1.250000] ${says}`);
      const answer = answers[argv[1] ?? ''] ?? {};
      if (answer instanceof GuestGone) return Promise.reject(answer);
      if (argv[0] === '/bin/rmmod' && (answer.status ?? 0) === 0 && !stubborn) rows.delete(argv[1] ?? '');
      return Promise.resolve({ status: 0, signal: null, stdout: '', stderr: '', timedOut: false, ...answer });
    },
  };
  return { asked, guest: guest as unknown as Guest };
}

test('modules are loaded in order with their parameters', async (t) => {
  const { guest, asked } = guestOf({});
  await loadModules(guest, [reel, quilt]);
  t.deepEqual(asked, ['/bin/insmod /lib/modules/reel.ko', '/bin/insmod /lib/modules/quilt.ko patches=4 name=a']);
});

test('a module that does not load is told with what the kernel says', async (t) => {
  const status = { status: 1, stderr: 'cannot load /lib/modules/quilt.ko: No such file or directory (error 2)\n' };
  const { guest, asked } = guestOf({
    answers: { '/lib/modules/reel.ko': status },
    says: 'reel: Unknown symbol cloth_cut (err -2)',
  });
  const error = await t.throwsAsync(loadModules(guest, [reel, quilt]));
  t.is(
    error.message,
    'the module reel does not load: cannot load /lib/modules/quilt.ko: No such file or directory (error 2); reel: Unknown symbol cloth_cut (err -2)',
  );
  t.is(asked.length, 1, 'nothing is loaded after it');
});

test('a module that takes for ever, that kills its kernel, or that is not there any more has a sentence of its own', async (t) => {
  const late = guestOf({ answers: { '/lib/modules/reel.ko': { status: null, timedOut: true } } });
  await t.throwsAsync(loadModules(late.guest, [reel]), { message: 'the module reel does not load within 60 s' });
  const gone = new GuestGone('crash', 'Kernel panic - not syncing: reel');
  const dead = guestOf({ answers: { '/lib/modules/reel.ko': gone } });
  const error = await t.throwsAsync<GuestGone>(loadModules(dead.guest, [reel]));
  t.is(error.message, 'while it loads the module reel: Kernel panic - not syncing: reel');
  t.is(error.ending, 'crash');
  const lost = guestOf({ answers: { '/lib/modules/reel.ko': new GuestGone('host', 'QEMU was killed') } });
  t.is((await t.throwsAsync<GuestGone>(loadModules(lost.guest, [reel]))).ending, 'host');
  const { guest } = guestOf({});
  await t.throwsAsync(loadModules(guest, [{ name: 'reel', parameters: [] }]), { message: /has no module reel/ });
});

test('modules are unloaded in reverse, and nothing is said of those that go', async (t) => {
  const { guest, asked } = guestOf({ loaded: { reel: '1 quilt,', quilt: '0 -' } });
  t.deepEqual(await unloadModules(guest, [reel, quilt]), []);
  t.deepEqual(asked, ['/bin/rmmod quilt', '/bin/rmmod reel']);
});

test('a module that stays is told with its references, its users and the reason', async (t) => {
  const busy = { status: 1, stderr: 'cannot unload quilt: Resource temporarily unavailable (error 11)' };
  const left = async (scene: Scene): Promise<string[]> => await unloadModules(guestOf(scene).guest, [quilt]);
  t.deepEqual(await left({ loaded: { quilt: '2 cloth,' }, answers: { quilt: busy } }), [
    'the module quilt cannot be unloaded: it has 2 references, by cloth (cannot unload quilt: Resource temporarily unavailable (error 11))',
  ]);
  t.regex((await left({ loaded: { quilt: '0 [permanent],' }, answers: { quilt: busy } }))[0] ?? '', /no exit function/);
  t.regex((await left({ loaded: { quilt: '0 -' }, stubborn: true }))[0] ?? '', /still there after it was unloaded/);
  const late = { status: null, timedOut: true };
  t.regex((await left({ loaded: { quilt: '0 -' }, answers: { quilt: late } }))[0] ?? '', /not unloaded within 60 s/);
});

test('a module that may stay stays, with what it needs; one that a case has taken out is no fault', async (t) => {
  const { guest, asked } = guestOf({ loaded: { reel: '1 quilt,', quilt: '0 [permanent],' } });
  t.deepEqual(await unloadModules(guest, [reel, { ...quilt, stays: true }]), []);
  t.deepEqual(asked, []);
  t.deepEqual(await unloadModules(guestOf({}).guest, [reel, quilt]), []);
});

test('a guest that goes while its modules are unloaded is left to whoever judges that', async (t) => {
  const gone = new GuestGone('crash', 'Kernel panic');
  const { guest } = guestOf({ loaded: { quilt: '0 -' }, answers: { quilt: gone } });
  t.deepEqual(await unloadModules(guest, [quilt]), []);
});

test('/proc/modules is read as the kernel writes it', (t) => {
  const rows = readLoaded('reel 16384 1 quilt, Live 0x0\nquilt 16384 0 - Live 0x0\nold 16384 - -\n');
  t.deepEqual(rows.get('reel'), { references: '1', users: ['quilt'] });
  t.deepEqual(rows.get('quilt'), { references: '0', users: [] });
  t.is(rows.get('old')?.references, '-');
});
