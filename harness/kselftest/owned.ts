import { selftests } from './word.ts';

interface Section {
  readonly files: readonly string[];
  readonly without: readonly string[];
}

/** Sections of a MAINTAINERS file with their `F:` and `X:` lines. */
function sectionsOf(text: string): Section[] {
  return text.split(/\n[ \t]*\n/).map((block) => {
    const lines = (letter: string): string[] =>
      [...block.matchAll(new RegExp(`^${letter}:[ \\t]+(\\S+)[ \\t]*$`, 'gm'))].flatMap(([, pattern]) => pattern ?? []);
    return { files: lines('F'), without: lines('X') };
  });
}

/** Whether a pattern of MAINTAINERS means a file: a directory with all below it, a file, or a glob of either. */
function means(pattern: string, file: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}${pattern.endsWith('/') ? '' : '$'}`).test(file);
}

/** `F: *` and the like are of nobody in particular. */
function isForAll(pattern: string): boolean {
  return /^[*/?]*$/.test(pattern);
}

/**
 * The collections whose maintainers are those of some files, and those that the files themselves belong to.
 *
 * @param maintainers text of the tree's MAINTAINERS
 * @param files relative to the tree
 * @param collections those that are there, relative to {@link selftests}
 */
export function ownedCollections(
  maintainers: string,
  files: readonly string[],
  collections: readonly string[],
): string[] {
  const within = (name: string): string | undefined =>
    collections
      .filter((one) => name === `${selftests}/${one}` || name.startsWith(`${selftests}/${one}/`))
      .reduce<string | undefined>((best, one) => (best && best.length > one.length ? best : one), undefined);
  const found = new Set(files.flatMap((file) => within(file) ?? []));
  for (const section of sectionsOf(maintainers)) {
    const ours = section.files.filter((pattern) => !isForAll(pattern));
    const owned = ours.flatMap((pattern) => within(pattern.replace(/[^/]*[*?].*$/, '')) ?? []);
    if (owned.length === 0) continue;
    const isIts = (file: string): boolean =>
      ours.some((pattern) => means(pattern, file)) && !section.without.some((pattern) => means(pattern, file));
    if (files.some(isIts)) for (const collection of owned) found.add(collection);
  }
  return [...found].sort();
}
