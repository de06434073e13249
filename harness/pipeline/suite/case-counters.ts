import path from 'node:path';
import { hashValues } from '../../host/files/hash.ts';
import { appendNow, ensureDirectory, writeFileAtomic } from '../../host/files/write.ts';
import type { Guest } from '../../model/index.ts';
import type { CounterPlaces } from '../../model/suite.ts';
import { readCounters } from '../guest/counters.ts';

/** Counters of all objects at one time: by the number of the object, the name of the directory that has them. */
export type Look = Readonly<Record<string, string>>;

/** What stands in the index of counters, one JSON value a line. */
export type CounterRecord =
  | { readonly idle: readonly [Look, Look] }
  | { readonly label: string; readonly before: Look; readonly after: Look }
  | { readonly unread: string };

export const counterIndex = 'index.jsonl';
/** Name of the counters of an object beside its notes. */
export const counterName = 'object.gcda';
export const notesFile = 'object.gcno';

/** Where the counters of one object lie that were read at some time. */
export function counterDirectory(directory: string, object: string, name: string): string {
  return path.join(directory, object, name);
}

/** Keeps what the counters of guests say before and after cases. */
export interface CaseCounters {
  /** Looks at an idle guest twice: what the boot executed, and what is done after each case and is none of its doing. */
  idle(guest: Guest, between: () => Promise<unknown>): Promise<void>;
  /** Looks at a guest before a case has it. */
  begin(guest: Guest): Promise<void>;
  /** Looks again after the case; `guest` is undefined where it is known to be lost. */
  end(guest: Guest | undefined, label: string): Promise<void>;
}

export function caseCounters({ directory, files }: CounterPlaces): CaseCounters {
  const begun = new WeakMap<Guest, Look>();
  const record = (one: CounterRecord): void =>
    appendNow(path.join(directory, counterIndex), `${JSON.stringify(one)}\n`);

  const look = async (guest: Guest): Promise<Look | undefined> => {
    const found = await readCounters(guest, files);
    if (!found) return undefined;
    const names: Record<string, string> = {};
    for (const [index, bytes] of found.entries()) {
      if (bytes === undefined) continue;
      const name = hashValues(Buffer.from(bytes).toString('base64')).slice(0, 32);
      const place = await ensureDirectory(counterDirectory(directory, String(index), name));
      await writeFileAtomic(path.join(place, counterName), bytes);
      names[index] = name;
    }
    return names;
  };

  return {
    async idle(guest, between) {
      const first = await look(guest);
      await between();
      const second = first && (await look(guest));
      if (first && second) record({ idle: [first, second] });
    },
    async begin(guest) {
      const before = await look(guest);
      if (before) begun.set(guest, before);
      else begun.delete(guest);
    },
    async end(guest, label) {
      const before = guest && begun.get(guest);
      const after = guest && before && (await look(guest));
      if (before && after) record({ label, before, after });
      else record({ unread: label });
    },
  };
}
