import test from 'ava';
import { freshenCalls } from '../../../../harness/guest/calls/freshen.ts';
import { findBootTarget } from '../../../../harness/targets/index.ts';

const seed = Buffer.alloc(32, 7);
const now = 1_700_000_000_250;

function time(name: string): string {
  const call = freshenCalls(findBootTarget(name), { seed, now }).find((one) => one.name === 'settimeofday');
  const [bytes] = call?.args ?? [];
  return Buffer.from(bytes as Uint8Array).toString('hex');
}

test('the time is a structure as each architecture has it', (t) => {
  const [seconds, micros] = [1_700_000_000, 250_000];
  const wide = Buffer.alloc(16);
  wide.writeBigInt64LE(BigInt(seconds), 0);
  wide.writeBigInt64LE(BigInt(micros), 8);
  t.is(time('x86_64'), wide.toString('hex'));
  t.is(time('i386'), `${wide.toString('hex', 0, 4)}${wide.toString('hex', 8, 12)}`);
  t.is(time('s390x'), `00000000${seconds.toString(16)}000000000003d090`);
});

test('the seed is counted in full, and every later call is made whatever the kernel lacks', (t) => {
  const [open, write, add, reseed, ...rest] = freshenCalls(findBootTarget('s390x'), { seed, now });
  t.is(open?.name, 'open');
  t.deepEqual(write?.args.at(-1), 32);
  const request = Buffer.from(add?.args[2] as Uint8Array);
  t.deepEqual([request.readInt32BE(0), request.readInt32BE(4), request.length], [256, 32, 40]);
  t.is(reseed?.args[1], 0x5207);
  t.true([add, reseed, ...rest].every((call) => call?.always));
});
