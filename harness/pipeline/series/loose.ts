import { mustReadText } from '../../host/files/read.ts';
import { type GitPlace, runGit } from '../../host/git/git.ts';
import { applyToIndex } from '../../host/git/patch.ts';
import type { CommandResult } from '../../host/process.ts';
import { type LooseHunk, looseHunks, parseReductions } from '../../series/loose.ts';

/** Lines of context around each change of a patch, as everybody's tools make them. */
const wholeContext = 3;

/** What came of a patch, and where its context is not what the tree has. */
export interface LooseResult {
  /** Of the exact attempt, unless another one succeeded. */
  readonly result: CommandResult;
  readonly loose: readonly LooseHunk[];
}

/**
 * Applies a patch to an index, with less context where it fits only so.
 *
 * @param fuzz how many of the three lines of context on either side may differ
 */
export async function applyLoosely(
  place: GitPlace,
  patch: string,
  fuzz: number,
  signal: AbortSignal,
): Promise<LooseResult> {
  const exact = await applyToIndex(place, [patch], { signal });
  if (exact.exitCode === 0 || fuzz === 0) return { result: exact, loose: [] };
  const result = await applyToIndex(place, [patch], { signal, context: wholeContext - fuzz });
  if (result.exitCode !== 0) return { result: exact, loose: [] };
  const texts = new Map<string, string>();
  for (const { file } of parseReductions(result.stderr)) {
    if (texts.has(file)) continue;
    texts.set(file, (await runGit(place, ['cat-file', 'blob', `:${file}`], { signal })).stdout);
  }
  return { result, loose: looseHunks(await mustReadText(patch), result.stderr, texts) };
}
