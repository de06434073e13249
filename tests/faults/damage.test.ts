/** What lies in the cache and is damaged: found, made again, and said. */
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { detail, long } from '../support/detail.ts';
import { imagesOf, matrixProject } from '../support/disturbed.ts';
import { withFakeQemu } from '../support/program.ts';

type Damage = (file: string) => Promise<void>;

const damages = {
  'one byte of it is changed': async (file) => {
    const bytes = await readFile(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = 255 - (bytes[at] ?? 0);
    await writeFile(file, bytes);
  },
  'it is cut off in the middle': async (file) => {
    await truncate(file, Math.floor((await stat(file)).size / 2));
  },
  'it is gone': (file) => rm(file),
  'it holds something else': (file) => writeFile(file, '[1, null, {"result": "x"}]\n'),
} satisfies Readonly<Record<string, Damage>>;

interface Kind {
  readonly what: string;
  /** Which files of the cache, by their paths in it. */
  readonly files: RegExp;
  /** What the next run says; one that is gone is made like one that never was. */
  readonly says?: RegExp;
  /** Nobody would look at it where all results are stored. */
  readonly unstored?: true;
  /** The next run finds it, ends and removes it; the one after that makes it. */
  readonly ends?: RegExp;
  /** A damage that may hit what no later run reads; then all is as it was. */
  readonly unread?: keyof typeof damages;
}

const again = /is made again: .* is damaged/;
const prepared = /the prepared tree mini was damaged; it has been prepared again/;

const kinds: readonly Kind[] = [
  { what: 'a stored configuration', files: /^store\/configure\/[0-9a-f]+\/config$/, says: again },
  { what: 'the record of a configuration', files: /^store\/configure\/[0-9a-f]+\/result\.json$/, says: again },
  { what: 'a stored image', files: /^store\/build\/[0-9a-f]+\/image$/, says: again },
  { what: 'a stored vmlinux', files: /^store\/build\/[0-9a-f]+\/vmlinux$/, says: again },
  { what: 'the record of a build', files: /^store\/build\/[0-9a-f]+\/result\.json$/, says: again },
  { what: 'the log of a boot', files: /^store\/boot\/[0-9a-f]+\/console\.log$/, says: again },
  { what: 'the record of a boot', files: /^store\/boot\/[0-9a-f]+\/result\.json$/, says: again },
  {
    what: 'the pack of a tree',
    files: /^trees\/.*\.pack$/,
    unstored: true,
    ends: /the prepared tree mini was damaged/,
    unread: 'one byte of it is changed',
  },
  { what: 'the record of a tree', files: /^trees\/.*quiltboot\.json$/, says: prepared },
  { what: 'the record of the newest tree', files: /^trees\/latest-.*\.json$/ },
  { what: 'the index of a work tree', files: /^worktrees\/[^/]*\.index$/, unstored: true },
  { what: 'a file of a work tree', files: /^worktrees\/[^/]*\/kernel\/sched\.c$/, unstored: true },
  { what: 'an object of a build', files: /^builds\/.*\/kernel\/sched\.o$/, unstored: true },
  {
    what: 'the record of warnings',
    files: /^builds\/.*warnings.*\.json$/,
    says: /warnings\.json is damaged, or of another version; everything is compiled again/,
    unstored: true,
  },
];

const words = ['boot', '--target', 'x86_64', '--points', '0..2', '--keep-going'] as const;

async function cacheFiles(cache: string, wanted: RegExp): Promise<string[]> {
  const entries = await readdir(cache, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(cache, path.join(entry.parentPath, entry.name)))
    .filter((file) => wanted.test(file));
}

const names = Object.keys(damages) as (keyof typeof damages)[];
const chosenOf = (index: number): readonly (keyof typeof damages)[] =>
  long ? names : names.filter((_, at) => at === index % names.length);

/** One cache for all: each damage is repaired before the next. */
detail('each kind of file in the cache that is damaged is found, made again, and said', async (t) => {
  t.timeout(60 * 60_000);
  const { place } = await withFakeQemu(t, await matrixProject(t));
  t.is((await place.run(...words)).code, 0);
  const images = await imagesOf(place);
  const cache = place.env['QUILTBOOT_CACHE'] ?? '';
  for (const [index, { what, files, says, unstored, ends, unread }] of kinds.entries()) {
    for (const name of chosenOf(index)) {
      const where = `${what}: ${name}`;
      const damaged = await cacheFiles(cache, files);
      t.true(damaged.length > 0, where);
      for (const file of damaged) await damages[name](path.join(cache, file));
      if (unstored) await rm(path.join(cache, 'store'), { recursive: true });
      const next = await place.run(...words);
      if (ends !== undefined && !(name === unread && next.code === 0)) {
        t.is(next.code, 69, `${where}\n${next.err}`);
        t.regex(next.err, ends, where);
        t.regex(next.err, /run again/, where);
        t.is((await place.run(...words)).code, 0, where);
      } else {
        t.is(next.code, 0, `${where}\n${next.err}`);
        // One that is gone is made like one that never was.
        if (says !== undefined && (name !== 'it is gone' || !/record of (a (conf|build|boot)|warnings)/.test(what)))
          t.regex(next.err, says, where);
      }
      t.deepEqual(await imagesOf(place), images, where);
    }
  }
});
