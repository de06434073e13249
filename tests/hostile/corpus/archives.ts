import { gzipSync } from 'node:zlib';
import { unpackTarball } from '../../../harness/host/fetch/archive.ts';
import { type HostileCase, said } from './case.ts';

export interface Member {
  readonly name: string;
  /** `0` file, `1` hard link, `2` link, `3` device, `5` directory, `6` pipe. */
  readonly type?: string;
  readonly link?: string;
  readonly data?: Buffer;
  readonly mode?: number;
  /** What the header says, where that is not the length of the data. */
  readonly size?: number;
}

/** A tar archive as anybody can write one, with names that no tar would. */
export function tar(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ name, type = '0', link = '', data = Buffer.alloc(0), mode = 0o644, size }) => {
    const header = Buffer.alloc(512);
    const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
    header.write(name, 0, 100);
    header.write(octal(mode, 8), 100);
    header.write(octal(0, 8) + octal(0, 8), 108);
    header.write(octal(size ?? data.length, 12).slice(-12), 124);
    header.write(octal(1_000_000_000, 12), 136);
    header.write(' '.repeat(8), 148);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(10_240)]);
}

const top: Member = { name: 'linux/', type: '5', mode: 0o755 };
const file: Member = { name: 'linux/Makefile', data: Buffer.from('VERSION = 6\n') };
const small = { file: 100_000, all: 400_000_000 };

const archives: readonly (readonly [string, (secret: string) => readonly Member[], RegExp])[] = [
  [
    'a file above it',
    () => [top, { name: 'linux/../../outside', data: Buffer.from('x') }],
    /lead out of its directory/,
  ],
  ['an absolute file', (secret) => [top, { name: secret, data: Buffer.from('x') }], /lead out of its directory/],
  ['a link to a secret', (secret) => [top, { name: 'linux/a', type: '2', link: secret }], /holds the link/],
  ['a link upwards', () => [top, { name: 'linux/a', type: '2', link: '../../outside' }], /holds the link/],
  [
    'links that lead out together',
    () => [
      top,
      { name: 'linux/d/', type: '5', mode: 0o755 },
      { name: 'linux/d/up', type: '2', link: '..' },
      { name: 'linux/d/out', type: '2', link: 'up/../../outside' },
    ],
    /holds the link/,
  ],
  [
    'a file through a link',
    (secret) => [
      top,
      { name: 'linux/l', type: '2', link: secret.replace(/\/[^/]*$/, '') },
      { name: 'linux/l/outside', data: Buffer.from('x') },
    ],
    /lead out|holds the link|truncated or damaged/,
  ],
  [
    'a hard link to a secret',
    (secret) => [top, { name: 'linux/h', type: '1', link: secret }],
    /lead out of its directory|damaged/,
  ],
  ['a pipe', () => [top, { name: 'linux/p', type: '6' }], /no place in a source tree/],
  ['a device', () => [top, { name: 'linux/p', type: '3' }], /no place in a source tree|damaged/],
  ['a repository', () => [top, { name: 'linux/.git/config', data: Buffer.from('x') }], /no place in a source tree/],
  [
    'a repository in capitals',
    () => [top, { name: 'linux/.GIT/config', data: Buffer.from('x') }],
    /no place in a source tree/,
  ],
  [
    'a large file in a small archive',
    () => [top, { name: 'linux/z', data: Buffer.alloc(200_000) }],
    /a file of more than 100000 bytes/,
  ],
  [
    'a member that is larger than the archive',
    () => [top, { name: 'linux/z', size: 8_000_000_000, data: Buffer.from('x') }],
    /a file of more than|damaged/,
  ],
  ['a name of control characters', () => [top, { name: 'linux/\u001b[2J' }, file], /unpacked/],
  ['bits that make whoever runs it root', () => [top, { ...file, mode: 0o6755 }], /unpacked/],
];

export const archiveCases: readonly HostileCase[] = archives.map(([tries, members, contained]) => ({
  kind: 'archive',
  tries,
  contained,
  async run({ shop, secret }) {
    const name = await shop.write('a.tar.gz', gzipSync(tar(members(secret))));
    return said(async () => {
      await unpackTarball(name, shop.at('unpacked'), { signal: new AbortController().signal, bounds: small });
      return 'unpacked';
    });
  },
}));
