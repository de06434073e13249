import path from 'node:path';
import { listHostile, readHostileText, tryHostile } from '../files/hostile.ts';

/** What kbuild records of one object. */
const recordLimit = 4 * 2 ** 20;

/** The `.cmd` file beside an object that lists it among the parts of something else, relative to the directory. */
export async function findListing(directory: string, object: string): Promise<string | undefined> {
  const folder = path.dirname(object);
  const entries = (await tryHostile(() => listHostile(directory, folder))) ?? [];
  const names = entries.map(({ name }) => name);
  const candidates = names.filter((name) => /^\..*\.cmd$/.test(name) && name !== `.${path.basename(object)}.cmd`);
  // The list of what is built in is the one that a change of the configuration or of a makefile changes.
  candidates.sort((a, b) => Number(b.startsWith('.built-in.')) - Number(a.startsWith('.built-in.')));
  for (const name of candidates) {
    const listing = path.join(folder, name);
    if (await isListed(directory, listing, object)) return listing;
  }
  return undefined;
}

/** Whether a `.cmd` file still lists the object. */
export async function isListed(directory: string, listing: string, object: string): Promise<boolean> {
  const request = { root: directory, file: listing, limit: recordLimit };
  const text = (await tryHostile(() => readHostileText(request))) ?? '';
  return text.split(/\s+/).some((word) => word === object || word === path.basename(object));
}
