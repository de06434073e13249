import type { SystemCall, SystemCallShape } from '../../model/index.ts';

/**
 * An argument: a number; bytes or a string (with a NUL added) that the call gets a pointer to; room for output of some
 * size; or the result of an earlier call of the list.
 */
export type Argument = number | string | Uint8Array | { readonly output: number } | { readonly resultOf: number };

export interface Call {
  readonly name: SystemCall;
  readonly args: readonly Argument[];
  /** Made even after an earlier call of the list has failed: what was opened gets closed. */
  readonly always?: boolean;
  /** The result is the size of the output, and the argument after the output is the room for it. */
  readonly sized?: boolean;
  /** Made again until it returns 0, or until the reply is full. */
  readonly repeat?: boolean;
  /** Left out when the repeated call before it did not come to its end. */
  readonly ifWhole?: boolean;
}

export interface CallResult {
  /** Which call of the list. A repeated one has several results. */
  readonly index: number;
  /** As the kernel returns it: negative for an error. */
  readonly value: number;
  readonly output: Uint8Array;
}

/** Calls in one list, and bytes that a list with all its data may have. */
const maxCalls = 16;
const maxRequest = 65_000;
const kinds = { number: 0, data: 1, output: 2, result: 3 } as const;

/** The request that makes the calls one after the other until one fails; images/agent/calls.c reads it. */
export function encodeCalls(calls: readonly Call[], shapeOf: (name: SystemCall) => SystemCallShape): Buffer {
  if (calls.length > maxCalls) throw new RangeError(`at most ${maxCalls} calls in one list, not ${calls.length}`);
  const head = [calls.length];
  const data: Buffer[] = [];
  let dataSize = 0;
  for (const call of calls) {
    const { number, args } = shaped(call.args, shapeOf(call.name));
    head.push(number >> 8, number & 255, flagsOf(call), args.length);
    for (const argument of args) {
      if (typeof argument === 'number') head.push(...encodeValue(kinds.number, argument));
      else if (typeof argument === 'string' || argument instanceof Uint8Array) {
        const bytes = typeof argument === 'string' ? Buffer.from(`${argument}\0`, 'utf8') : Buffer.from(argument);
        head.push(...encodeValue(kinds.data, dataSize));
        dataSize += bytes.length;
        data.push(bytes);
      } else if ('output' in argument) head.push(...encodeValue(kinds.output, argument.output));
      else head.push(...encodeValue(kinds.result, argument.resultOf));
    }
  }
  if (head.length + dataSize > maxRequest)
    throw new RangeError(`one request to the guest holds ${maxRequest} bytes, not ${dataSize}: write in parts`);
  return Buffer.concat([Buffer.from(head), ...data]);
}

/** The call that an architecture makes instead, with the arguments that are always the same put where they belong. */
function shaped(
  args: readonly Argument[],
  shape: SystemCallShape,
): { readonly number: number; readonly args: readonly Argument[] } {
  if (typeof shape === 'number') return { number: shape, args };
  const whole = [...args];
  const constants = Object.entries(shape.constants).map(([place, value]) => [Number(place), value] as const);
  for (const [place, value] of constants.sort(([a], [b]) => a - b)) whole.splice(place, 0, value);
  return { number: shape.number, args: whole };
}

/** Kind and size in one byte, then as few bytes as hold the value with its sign. */
function encodeValue(kind: number, value: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value); value !== 0; rest >>= 8n) {
    bytes.unshift(Number(rest & 255n));
    const sign = (bytes[0] ?? 0) & 128;
    if ((rest >> 8n === 0n && !sign) || (rest >> 8n === -1n && sign)) break;
  }
  return [(kind << 4) | bytes.length, ...bytes];
}

function flagsOf(call: Call): number {
  return (call.always ? 1 : 0) | (call.sized ? 2 : 0) | (call.repeat ? 4 : 0) | (call.ifWhole ? 8 : 0);
}

/** Bytes before the output of a result. */
const resultHead = 13;

/** The results of a list of so many calls; undefined when the reply can't be one to it. */
export function decodeResults(reply: Uint8Array, calls: number): CallResult[] | undefined {
  const bytes = Buffer.from(reply.buffer, reply.byteOffset, reply.length);
  const results: CallResult[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + resultHead > bytes.length) return undefined;
    const index = bytes.readUInt8(at);
    const size = bytes.readUInt32BE(at + 9);
    if (index >= calls || index < (results.at(-1)?.index ?? 0) || at + resultHead + size > bytes.length)
      return undefined;
    results.push({
      index,
      value: Number(bytes.readBigInt64BE(at + 1)),
      output: bytes.subarray(at + resultHead, at + resultHead + size),
    });
    at += resultHead + size;
  }
  return results;
}

/** The number of the error that a result stands for, or undefined. */
export function errorOf(result: CallResult): number | undefined {
  return result.value < 0 && result.value > -4096 ? -result.value : undefined;
}
