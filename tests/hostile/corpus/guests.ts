import { readMessage } from '../../../harness/guest/line/message.ts';
import type { GuestProcess } from '../../../harness/model/index.ts';
import { type Answer, hostileGuest } from '../../support/hostile-agent.ts';
import { type HostileCase, said } from './case.ts';

const fork = (guest: GuestProcess): Promise<unknown> => guest.fork();
const read = (guest: GuestProcess): Promise<unknown> => guest.read('/proc/version');
const stat = (guest: GuestProcess): Promise<unknown> => guest.stat('/');
const list = (guest: GuestProcess): Promise<unknown> => guest.readdir('/');

/** A result of a call with an output of some size. */
function result(index: number, value: number, size: number, output: Uint8Array = Buffer.alloc(size)): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt8(index);
  head.writeBigInt64BE(BigInt(value), 1);
  head.writeUInt32BE(size, 9);
  return Buffer.concat([head, output]);
}

const part = String.fromCharCode('R'.charCodeAt(0) | 128);
const broke = /^GuestGone: the guest broke the protocol of its agent: /;

const guests: readonly (readonly [string, (guest: GuestProcess) => Promise<unknown>, Answer, RegExp])[] = [
  ['a payload of two bytes', read, (say) => say('', Buffer.from([1, 2])), broke],
  ['an empty payload', read, (say) => say('', Buffer.alloc(0)), broke],
  ['a birth without a number', fork, (say) => say('F', Buffer.alloc(0)), broke],
  ['half a birth', fork, (say) => say('F', Buffer.alloc(6)), broke],
  ['half a death', read, (say) => say('X', Buffer.alloc(4), 0), broke],
  ['half a refusal', read, (say) => say('Q', Buffer.alloc(3)), broke],
  ['an unknown message', read, (say) => say('?', Buffer.alloc(100)), broke],
  ['a reply where a process was asked for', fork, (say) => say('R', Buffer.alloc(12)), broke],
  ['a process where a reply was asked for', read, (say) => say('F', Buffer.alloc(12)), broke],
  ['an empty reply', read, (say) => say('R', Buffer.alloc(0)), broke],
  ['half a result', read, (say) => say('R', Buffer.alloc(7)), broke],
  ['a result that lies about its size', read, (say) => say('R', result(0, 3, 4_000_000_000, Buffer.alloc(2))), broke],
  ['a result of a call that was not made', read, (say) => say('R', result(200, 0, 0)), broke],
  ['a short struct stat', stat, (say) => say('R', result(0, 0, 8)), broke],
  [
    'names without an end',
    list,
    (say) => say('R', Buffer.concat([result(0, 3, 0), result(1, 32, 32, Buffer.alloc(32, 0x41)), result(2, 0, 0)])),
    /^\[/,
  ],
  [
    'a reply without an end',
    read,
    (say) => {
      for (let at = 0; at < 2000; at += 1) say(part, Buffer.alloc(1900));
    },
    broke,
  ],
  [
    'a file without an end',
    read,
    (say) => {
      const big = result(1, 60_000, 60_000);
      say('R', Buffer.concat([result(0, 3, 0), big.subarray(0, 1500)]));
    },
    broke,
  ],
  [
    'its own process dead a hundred times',
    read,
    (say) => {
      for (let at = 0; at < 100; at += 1) say('X', Buffer.alloc(12), 0);
    },
    /ended|GuestGone/,
  ],
  ['no answer', read, () => undefined, /^GuestGone: no answer in time/],
  ['answers to nobody', read, (say, _, id) => say('R', result(0, 0, 0), id + 7), /^GuestGone: no answer in time/],
];

export const guestCases: readonly HostileCase[] = [
  ...guests.map(
    ([tries, ask, answer, contained]): HostileCase => ({
      kind: 'guest',
      tries,
      contained,
      run: () =>
        said(() =>
          ask(hostileGuest(answer)).catch((error: unknown) => {
            if (error instanceof Error && error.name === 'GuestProcessEnded') return `ended: ${error.message}`;
            throw error;
          }),
        ),
    }),
  ),
  {
    kind: 'guest',
    tries: 'an agent of another version',
    contained: broke,
    run: () => said(() => hostileGuest(() => undefined, 9).read('/')),
  },
  {
    kind: 'guest',
    tries: 'every kind of message at every length',
    contained: /none is an error/,
    run: () =>
      said(() => {
        for (let op = 0; op < 256; op += 1)
          for (let length = 0; length < 24; length += 1) {
            const payload = Buffer.alloc(length, 0xff);
            if (length > 4) payload[4] = op;
            readMessage(payload);
          }
        return 'none is an error';
      }),
  },
];
