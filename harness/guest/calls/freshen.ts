import type { BootTarget } from '../../model/index.ts';
import type { Call } from './calls.ts';

/** Requests of the random device, equal on all architectures here: mix bytes in and count them; use them at once. */
const addEntropy = 0x40085203;
const reseed = 0x5207;
/** Bytes of a seed, all of which are counted as random. */
export const seedBytes = 32;

function seedRequest(seed: Uint8Array, { endian }: Pick<BootTarget, 'endian'>): Buffer {
  const request = Buffer.alloc(8 + seed.length);
  const put = (value: number, at: number): number =>
    endian === 'little' ? request.writeInt32LE(value, at) : request.writeInt32BE(value, at);
  put(8 * seed.length, 0);
  put(seed.length, 4);
  request.set(seed, 8);
  return request;
}

/** struct timeval: two values as wide as a pointer. */
function timeOf(ms: number, { endian, bits }: Pick<BootTarget, 'endian' | 'bits'>): Buffer {
  const time = Buffer.alloc(bits / 4);
  const values = [Math.floor(ms / 1000), (ms % 1000) * 1000];
  for (const [index, value] of values.entries()) {
    const at = (index * bits) / 8;
    if (bits === 64) {
      if (endian === 'little') time.writeBigInt64LE(BigInt(value), at);
      else time.writeBigInt64BE(BigInt(value), at);
    } else if (endian === 'little') time.writeInt32LE(value, at);
    else time.writeInt32BE(value, at);
  }
  return time;
}

/**
 * Calls that give a restored guest randomness and a time of its own: it would have those of its snapshot, like every other
 * one. A kernel without one of them goes on without.
 *
 * @param seed {@link seedBytes} random bytes
 * @param now milliseconds of the epoch
 */
export function freshenCalls(
  target: Pick<BootTarget, 'endian' | 'bits'>,
  { seed, now }: { readonly seed: Uint8Array; readonly now: number },
): Call[] {
  const device = { resultOf: 0 };
  return [
    { name: 'open', args: ['/dev/urandom', 1, 0] },
    { name: 'write', args: [device, seed, seed.length] },
    { name: 'ioctl', args: [device, addEntropy, seedRequest(seed, target)], always: true },
    { name: 'ioctl', args: [device, reseed, 0], always: true },
    { name: 'close', args: [device], always: true },
    { name: 'settimeofday', args: [timeOf(now, target), 0], always: true },
  ];
}
