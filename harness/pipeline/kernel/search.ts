import { runProcess } from '../../host/process.ts';
import type { BuildRoom } from './room.ts';

/** Most time for a search through the headers of a kernel, in milliseconds. */
const searchMs = 60_000;

/**
 * Headers below folders of a tree whose text has a word (letters, digits, underscores), relative to the tree. The search
 * runs where the tree is built: links in it lead nowhere else.
 */
export async function headersWithWord(
  room: BuildRoom,
  folders: readonly string[],
  word: string,
  signal: AbortSignal,
): Promise<string[]> {
  const search = ['grep', '-rlwF', '--no-messages', '--include=*.h', '-e', word, '--', ...folders];
  const argv = await room.wrap([
    '/bin/sh',
    '-c',
    'cd "$1" && shift && exec "$@"',
    'sh',
    room.places.worktree,
    ...search,
  ]);
  const result = await runProcess({ argv, signal, timeoutMs: searchMs });
  return result.stdout.split('\n').filter((line) => line !== '');
}
