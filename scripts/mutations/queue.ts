/** A queue in which each fault is a point: a walk over it compiles no more than what two neighbours change. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { Series } from '../../harness/index.ts';
import type { Fault, ReadFile } from './faults.ts';

/** The patch that takes a tree from one fault to the next: the first undone, the second put in. */
export async function stepPatch(
  subject: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  read: ReadFile,
): Promise<string> {
  const files = [...new Set([...before.keys(), ...after.keys()])].sort();
  let diffs = '';
  for (const file of files) {
    const sound = (await read(file)) ?? '';
    const [from, to] = [before.get(file) ?? sound, after.get(file) ?? sound];
    if (from === to) continue;
    const hunks = createTwoFilesPatch(`a/${file}`, `b/${file}`, from, to).replace(/^=+\n/, '');
    diffs += `diff --git a/${file} b/${file}\n${hunks}`;
  }
  return `From: Mutation <mutation@example.org>\nSubject: [PATCH] ${subject}\n\n---\n${diffs}`;
}

/** Writes the patches of a series and one for each fault behind them. */
export async function writeQueue(
  series: Series,
  directory: string,
  faults: readonly Fault[],
  read: ReadFile,
): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const names = series.patches.map(({ name }) => name);
  for (const { name, path: file } of series.patches) await copyFile(file, path.join(directory, name));
  let before: ReadonlyMap<string, string> = new Map();
  for (const [index, fault] of faults.entries()) {
    const after = await fault.change(read);
    const name = `fault-${String(index + 1).padStart(4, '0')}.patch`;
    await writeFile(path.join(directory, name), await stepPatch(fault.does, before, after, read));
    names.push(name);
    before = after;
  }
  await writeFile(path.join(directory, 'series'), `${names.join('\n')}\n`);
}
