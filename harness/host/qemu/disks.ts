import { truncate } from 'node:fs/promises';
import path from 'node:path';
import type { MachineDisk } from '../../model/index.ts';
import { withHostErrors } from '../files/errors.ts';
import { exists } from '../files/kind.ts';
import { withScratch } from '../files/scratch.ts';
import { markUsed } from '../files/usage.ts';
import { movePath, writeEmpty } from '../files/write.ts';
import { mustRun } from '../process.ts';

/** Changes when equal disks would begin otherwise than before. */
const recipe = 1;
/** So that a guest that goes on from a snapshot finds the disk that it knows. */
const uuid = '00000000-0000-4000-8000-000000000000';

const makers: Readonly<Record<MachineDisk['format'], readonly string[]>> = {
  none: [],
  ext2: ['mkfs.ext2', '-q', '-F', '-U', uuid],
  ext4: ['mkfs.ext4', '-q', '-F', '-U', uuid, '-E', `hash_seed=${uuid}`],
};

/**
 * New disks, as files that are made once and that nobody writes to; guests get copies.
 *
 * @param directory where they are kept; absolute
 * @throws HostError when a file system cannot be made
 */
export async function diskImages(
  disks: readonly MachineDisk[],
  directory: string,
  signal: AbortSignal,
): Promise<string[]> {
  const files: string[] = [];
  for (const disk of disks) files.push(await diskImage(disk, directory, signal));
  return files;
}

async function diskImage({ sizeMiB, format }: MachineDisk, directory: string, signal: AbortSignal): Promise<string> {
  const file = path.join(directory, `disk-${recipe}-${sizeMiB}-${format}.raw`);
  if (await exists(file)) {
    await markUsed(file);
    return file;
  }
  return await withScratch({ purpose: 'disk', parent: directory }, async (scratch) => {
    const made = path.join(scratch, 'disk');
    await writeEmpty(made);
    await withHostErrors(`write ${made}`, () => truncate(made, sizeMiB * 1024 * 1024));
    const [command, ...options] = makers[format];
    if (command !== undefined) {
      // Debian keeps it where only root looks.
      const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
      await mustRun({ argv: [command, ...options, made], env, signal }, `making a file system (${format})`);
    }
    // Two that make it at once make the same.
    await movePath(made, file);
    return file;
  });
}
