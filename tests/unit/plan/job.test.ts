import test from 'ava';
import { type ChainJob, leavesToOthers, mismatches, parseCards, parseJob } from '../../../harness/plan/index.ts';

const job: ChainJob = {
  format: 1,
  target: 'x86_64',
  from: 0,
  to: 3,
  pack: 'a'.repeat(64),
  tree: 'b'.repeat(64),
  trusted: false,
  round: '',
  needs: { gcc: 'gcc (Debian 12.2.0-14) 12.2.0' },
  failed: [],
  declined: [],
};

test('a job has hashes and numbers; one that names a command, a path or an address is none', (t) => {
  t.deepEqual(parseJob(job), job);
  const forged: readonly (readonly [unknown, RegExp])[] = [
    [{ ...job, command: 'sh -c id' }, /command/],
    [{ ...job, pack: '../../etc/passwd' }, /at pack/],
    [{ ...job, tree: 'http://elsewhere/tree' }, /at tree/],
    [{ ...job, target: 'x86_64/..' }, /at target/],
    [{ ...job, needs: { 'gcc;id': '1' } }, /needs/],
    [{ ...job, from: 4 }, /from is after to/],
    [{ ...job, from: -1 }, /at from/],
    [{ ...job, trusted: 'yes' }, /at trusted/],
    [{ ...job, format: 2 }, /at format/],
    [undefined, /./],
    ['a text', /./],
  ];
  for (const [value, why] of forged) {
    const found = parseJob(value);
    t.is(typeof found, 'string', JSON.stringify(value));
    t.regex(typeof found === 'string' ? found : '', why);
  }
});

test('other tools are named, and those that a chain does not ask for do not count', (t) => {
  t.deepEqual(mismatches(job.needs, { ...job.needs, git: '2.39' }), []);
  t.deepEqual(mismatches(job.needs, { gcc: 'gcc 13' }), ['gcc: wants gcc (Debian 12.2.0-14) 12.2.0, has gcc 13']);
  t.deepEqual(mismatches(job.needs, {}), ['gcc: wants gcc (Debian 12.2.0-14) 12.2.0, has none']);
});

test('a machine that failed a chain leaves it to others for a while', (t) => {
  const machine = 'c'.repeat(16);
  const failed = [{ machine, at: 1000, why: 'the disk is full' }];
  t.true(leavesToOthers({ failed }, machine, 5000, 10_000));
  t.false(leavesToOthers({ failed }, machine, 12_000, 10_000), 'there may be no other');
  t.false(leavesToOthers({ failed }, 'd'.repeat(16), 5000, 10_000));
});

test('what is no card of a worker is passed over', (t) => {
  const card = { machine: 'c'.repeat(16), name: 'boss', targets: ['x86_64'], slots: 1, versions: {} };
  t.deepEqual(parseCards([card, { ...card, slots: 0 }, 'x', null]), [card]);
});
