import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { HostError } from '../../model/index.ts';
import { withHostErrorsNow } from './errors.ts';
import { withScratch } from './scratch.ts';

/** Keeps a text, one character for each byte; gives a function that brings it back. */
export type KeepText = (text: string) => () => string;

/** Runs an action with a file for texts that are many, large, and needed one at a time. */
export async function withSpool<T>(action: (keep: KeepText) => Promise<T>): Promise<T> {
  return withScratch({ purpose: 'spool' }, async (scratch) => {
    const name = path.join(scratch, 'texts');
    const file = withHostErrorsNow(`create ${name}`, () => openSync(name, 'wx+'));
    let end = 0;
    try {
      return await action((text) => {
        const bytes = Buffer.from(text, 'latin1');
        const [start, { length }] = [end, bytes];
        withHostErrorsNow(`write ${name}`, () => {
          for (let at = 0; at < length; ) at += writeSync(file, bytes, at, length - at, start + at);
        });
        end += length;
        return () => withHostErrorsNow(`read ${name}`, () => readPiece(file, start, length)).toString('latin1');
      });
    } finally {
      closeSync(file);
    }
  });
}

function readPiece(file: number, start: number, length: number): Buffer {
  const out = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const count = readSync(file, out, at, length - at, start + at);
    if (count === 0) throw new HostError('a temporary file was cut by somebody else', { code: 'QB-DISK' });
    at += count;
  }
  return out;
}
