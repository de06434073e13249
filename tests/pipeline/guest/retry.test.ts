import os from 'node:os';
import test from 'ava';
import { GuestGone, HostError } from '../../../harness/model/index.ts';
import { isHostFault, mayBeStarved, retryBoot } from '../../../harness/pipeline/guest/retry.ts';

const busy = 10 * os.availableParallelism();

test('the machine is to blame for QEMU’s end from outside and for what can be tried again', (t) => {
  t.true(isHostFault(new GuestGone('host', 'killed')));
  t.true(isHostFault(new HostError('did not connect', { retryable: true })));
  t.false(isHostFault(new HostError('no such command')));
  t.false(isHostFault(new GuestGone('crash', 'panic')));
});

test('a hang, or an end without a word, may be the machine’s fault while that is busy; a crash never', (t) => {
  t.true(mayBeStarved(new GuestGone('hang', ''), [], busy));
  t.false(mayBeStarved(new GuestGone('hang', ''), [], 0));
  t.true(mayBeStarved(new GuestGone('reboot', ''), [], busy));
  t.false(mayBeStarved(new GuestGone('reboot', ''), ['Linux version'], busy));
  t.false(mayBeStarved(new GuestGone('crash', ''), ['BUG'], busy));
  t.false(mayBeStarved(new Error('hang'), [], busy));
});

test('a missed timer interrupt is forgiven on any machine', (t) => {
  const log = ["Kernel panic - not syncing: IO-APIC + timer doesn't work! Try using the 'noapic' kernel parameter"];
  t.true(mayBeStarved(new GuestGone('crash', 'panic'), log, 0));
});

test('three attempts at most, and only where another may help', async (t) => {
  const rounds: boolean[] = [];
  const notes: unknown[] = [];
  const failure = new GuestGone('host', 'killed');
  const attempt = ({ isLast }: { readonly isLast: boolean }): Promise<never> => {
    rounds.push(isLast);
    return Promise.reject(failure);
  };
  await t.throwsAsync(retryBoot(attempt, { mayHelp: isHostFault, onRetry: (error) => notes.push(error) }), {
    is: failure,
  });
  t.deepEqual(rounds, [false, false, true]);
  t.deepEqual(notes, [failure, failure]);
  rounds.length = 0;
  await t.throwsAsync(retryBoot(attempt, { mayHelp: () => false }), { is: failure });
  t.deepEqual(rounds, [false]);
  t.is(
    await retryBoot(({ isLast }) => (isLast ? Promise.resolve(5) : Promise.reject(failure)), { mayHelp: () => true }),
    5,
  );
});
