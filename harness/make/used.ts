import path from 'node:path';

/**
 * What a kernel was made of, by the records that kbuild keeps beside each thing it makes (`.fork.o.cmd`): the command, and
 * every file that was read for it. A build directory also holds the records of what an earlier point or configuration
 * compiled; those count only where something that is still made lists the object.
 */

/**
 * awk program that shortens the records, which have some 30 MB for a small kernel, to lines of three kinds: `F path` gives a
 * file the next number, `D target numbers…` tells which files were read for a target, `L target parts…` of which objects and
 * archives it was put together.
 */
const digestProgram = [
  'function end() { if (ids != "") print "D " target ids; ids = ""; open = 0 }',
  'open { if ($1 == "") { end(); next }',
  '  if (!($1 in id)) { id[$1] = ++count; print "F " $1 } ids = ids " " id[$1]; if ($2 != "\\\\") end(); next }',
  '/^source_/ { end(); target = $1; sub(/^source_/, "", target); if (!($3 in id)) { id[$3] = ++count; print "F " $3 }',
  '  print "D " target " " id[$3]; next }',
  '/^deps_/ { end(); open = 1; target = $1; sub(/^deps_/, "", target); sub(/:.*/, "", target); next }',
  '/^(saved)?cmd_/ { name = $1; sub(/^(saved)?cmd_/, "", name); parts = ""',
  '  for (at = 3; at <= NF; at++) if ($at ~ /\\.(o|a|ko|mod|dtb)[;)"]*$/) {',
  '    word = $at; gsub(/[;)"@]/, "", word); if (word != name) parts = parts " " word }',
  '  if (parts != "") print "L " name parts; next }',
  'END { end() }',
].join('\n');

/** Shell command that prints the digest of all records below the directory where it runs; its one argument is the program. */
const digestScript = "find . -type f -name '*.cmd' -exec grep -hvF '$(wildcard' /dev/null {} + | awk \"$1\"";

/** The argument list that prints the digest of the records below a directory. */
export function digestCommand(directory: string): [string, ...string[]] {
  return ['/bin/sh', '-c', `cd "$2" || exit 1; ${digestScript}`, 'sh', digestProgram, directory];
}

interface Digest {
  readonly files: readonly string[];
  /** By target: the numbers of the files that were read for it, counted from 1. */
  readonly read: ReadonlyMap<string, string>;
  /** By object or archive: the targets that it is a part of. */
  readonly wholes: ReadonlyMap<string, readonly string[]>;
  /** Everything that is put together of something. */
  readonly lists: ReadonlySet<string>;
}

function readDigest(text: string): Digest {
  const files: string[] = [];
  const read = new Map<string, string>();
  const wholes = new Map<string, string[]>();
  const lists = new Set<string>();
  const isPartOf = (part: string, whole: string): void => {
    const known = wholes.get(part);
    if (!known) wholes.set(part, [whole]);
    else if (known.at(-1) !== whole) known.push(whole);
  };
  for (const line of text.split('\n')) {
    const rest = line.slice(2);
    const space = rest.indexOf(' ');
    const name = space < 0 ? rest : rest.slice(0, space);
    if (line.startsWith('F ')) files.push(rest);
    else if (line.startsWith('D ')) read.set(name, (read.get(name) ?? '') + rest.slice(space));
    else if (line.startsWith('L ')) {
      lists.add(name);
      const directory = path.dirname(name);
      for (const word of rest.slice(space + 1).split(' ')) {
        // Archives name their parts by whole paths, or relative to where the archive is.
        isPartOf(word.includes('./') ? path.normalize(word) : word, name);
        isPartOf(word.includes('./') ? path.join(directory, word) : `${directory}/${word}`, name);
      }
    }
  }
  return { files, read, wholes, lists };
}

const builtIn = ['built-in.a', 'built-in.o'];

/** Whether something would list the target if it were a part of the kernel still. */
function isListedWhenUsed(target: string, { lists }: Digest): boolean {
  const extension = path.extname(target);
  if (extension === '.mod') return true;
  if (extension !== '.o' && extension !== '.a') return false;
  const isArchive = builtIn.includes(path.basename(target));
  let directory = path.dirname(target);
  if (!isArchive) return [...builtIn, 'lib.a'].some((name) => lists.has(path.join(directory, name)));
  while (directory !== '.') {
    directory = path.dirname(directory);
    if (builtIn.some((name) => lists.has(path.join(directory, name)))) return true;
  }
  return false;
}

function liveness(digest: Digest): (target: string) => boolean {
  const known = new Map<string, boolean>();
  const isLive = (target: string): boolean => {
    const before = known.get(target);
    if (before !== undefined) return before;
    // Of things in a circle none is a part because of another.
    known.set(target, false);
    const wholes = (digest.wholes.get(target) ?? []).filter((whole) => whole !== target);
    const live = wholes.length === 0 ? !isListedWhenUsed(target, digest) : wholes.some(isLive);
    known.set(target, live);
    return live;
  };
  return isLive;
}

/**
 * Files of the tree that a kernel was made with, relative to it and sorted; a directory in which something was made ends
 * with `/`.
 *
 * @param digest what {@link digestCommand} printed
 * @param worktree where the build saw the tree
 */
export function usedFiles(digest: string, worktree: string): string[] {
  const parsed = readDigest(digest);
  const isLive = liveness(parsed);
  const numbers = new Set<string>();
  const used = new Set<string>();
  for (const [target, files] of parsed.read) {
    if (!isLive(target)) continue;
    for (const number of files.split(' ')) numbers.add(number);
    if (!target.includes('/') || target.startsWith('/')) continue;
    for (let at = path.dirname(target); at !== '.'; at = path.dirname(at)) used.add(`${at}/`);
  }
  for (const number of numbers) {
    const file = parsed.files[Number(number) - 1] ?? '';
    const name = path.posix.normalize(file.startsWith(`${worktree}/`) ? file.slice(worktree.length + 1) : file);
    if (name !== '.' && !name.startsWith('/') && !name.startsWith('..')) used.add(name);
  }
  return [...used].sort();
}
