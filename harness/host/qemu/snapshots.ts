import { createHash } from 'node:crypto';
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from '../files/errors.ts';

/** Snapshots that stay; some 30 MB each. */
const kept = 24;

/** The file beside a snapshot's state, while it is made, that holds state and memory. */
export function wholeOf(file: string): string {
  return `${file}.whole`;
}

/** The file beside a snapshot's state that holds the memory; it has holes where the guest never wrote. */
export function memoryOf(file: string): string {
  return `${file}.memory`;
}

/** Gives a snapshot its name when it is whole, and removes those that were not used for the longest time. */
export async function keepSnapshot(temporary: string, file: string): Promise<void> {
  await withHostErrors(`keep ${file}`, async () => {
    // Nothing would tell zeros in the place of what a machine lost when it stopped at the wrong moment.
    for (const name of [memoryOf(temporary), temporary]) await syncFile(name);
    await rename(memoryOf(temporary), memoryOf(file));
    await rename(temporary, file);
  });
  const directory = path.dirname(file);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.state'));
  const ages = await Promise.all(
    names.map(async (name) => ({
      name,
      time: await stat(path.join(directory, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  const old = ages.sort((a, b) => b.time - a.time).slice(kept);
  await Promise.all(old.map(({ name }) => removeSnapshot(path.join(directory, name))));
}

async function syncFile(name: string): Promise<void> {
  const handle = await open(name, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Whether the snapshot is there; marks it as used now. */
export async function touchSnapshot(file: string): Promise<boolean> {
  const now = new Date();
  return utimes(file, now, now).then(
    () => true,
    () => false,
  );
}

/**
 * A word that changes when the memory of a snapshot does. QEMU opens the file for writing, though a restored guest keeps
 * its changes to itself, and whoever gets hold of QEMU can write to it; nobody can set the time of that change.
 */
export async function stampOfMemory(file: string): Promise<string> {
  const { ctimeMs, size } = await withHostErrors(`read ${memoryOf(file)}`, () => stat(memoryOf(file)));
  return `${ctimeMs} ${size}`;
}

/** Removes a snapshot and what is known of it. */
export async function removeSnapshot(file: string): Promise<void> {
  await Promise.all([file, memoryOf(file), wholeOf(file), `${file}.json`].map((name) => rm(name, { force: true })));
}

/** Bytes that are looked at together; what is all zeros costs only the reading. */
const pieceBytes = 2 ** 16;
const zeros = Buffer.alloc(pieceBytes);

/** sha256, in hex, over the state of a snapshot and what its memory holds beside zeros. */
export async function sumOfSnapshot(file: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [file, memoryOf(file)]) await addFile(hash, name);
  return hash.digest('hex');
}

async function addFile(hash: ReturnType<typeof createHash>, name: string): Promise<void> {
  await withHostErrors(`read ${name}`, async () => {
    const handle = await open(name, 'r');
    try {
      const buffer = Buffer.alloc(16 * pieceBytes);
      for (let at = 0; ; ) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) break;
        for (let from = 0; from < bytesRead; from += pieceBytes) {
          const piece = buffer.subarray(from, Math.min(from + pieceBytes, bytesRead));
          if (!piece.equals(zeros.subarray(0, piece.length))) hash.update(`${at + from}:`).update(piece);
        }
        at += bytesRead;
      }
      hash.update('end');
    } finally {
      await handle.close();
    }
  });
}
