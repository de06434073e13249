import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { cachePaths } from '../../harness/host/files/paths.ts';
import { importBase, importSeries } from '../../harness/pipeline/import/import.ts';
import { plainContext } from './repository.ts';

/** A directory in which sources are imported, by the stage as a function. */
export interface ImportPlace {
  readonly directory: string;
  readonly write: (file: string, text: string | Buffer) => Promise<void>;
  readonly take: (
    sources: readonly string[],
    more?: Partial<Parameters<typeof importSeries>[0]>,
  ) => ReturnType<typeof importSeries>;
  readonly find: (sources: readonly string[], place: string) => ReturnType<typeof importBase>;
  readonly read: (file: string) => Promise<string>;
}

export async function importPlace(t: ExecutionContext): Promise<ImportPlace> {
  const { directory, cache } = await plainContext(t);
  const context = {
    cache: cachePaths({ QUILTBOOT_CACHE: cache }),
    emit: () => undefined,
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
  };
  const request = { cwd: directory, directory, force: true, strict: false, trailers: false, lore: '', patchwork: '' };
  return {
    directory,
    async write(file, text) {
      await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
      await writeFile(path.join(directory, file), text);
    },
    take: (sources, more = {}) => importSeries({ ...request, name: 'x', sources, ...more }, context),
    find: (sources, where) => importBase({ ...request, sources, tree: { place: where }, trees: [] }, context),
    read: (file) => readFile(path.join(directory, 'patches/x', file), 'utf8'),
  };
}

export const titlesOf = (result: { patches: readonly { title: string }[] }): string[] =>
  result.patches.map(({ title }) => title);

/** Adds a line to a file of two. */
export const littleChange = (file: string, word: string, prefixes: readonly [string, string] = ['a/', 'b/']): string =>
  `diff --git ${prefixes[0]}${file} ${prefixes[1]}${file}\n--- ${prefixes[0]}${file}\n+++ ${prefixes[1]}${file}\n@@ -1,2 +1,3 @@\n int one;\n+int ${word};\n int two;\n`;
export const littlePatch = (subject: string, diff: string): string =>
  `From: Ann Author <ann@example.org>\nSubject: ${subject}\n\nWords.\n---\n${diff}`;
