import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openGuests } from './fake-guests.ts';

/**
 * A guest module for suites that run in this process, whose guests have to throw the errors that it knows: it hands them
 * on. Resolves with its path and what removes it.
 */
export async function handGuests(): Promise<{ readonly module: string; readonly remove: () => Promise<void> }> {
  const module = path.join(await mkdtemp(path.join(os.tmpdir(), 'qb-guests-')), 'guests.mjs');
  const source = JSON.stringify(path.join(import.meta.dirname, 'fake-guests.ts'));
  await writeFile(
    module,
    `export const openGuests = async (...words) => (globalThis.fakeGuests ?? (await import(${source})).openGuests)(...words);\n`,
  );
  Object.assign(globalThis, { fakeGuests: openGuests });
  return { module, remove: () => rm(path.dirname(module), { recursive: true, force: true }) };
}
