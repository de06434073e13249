import { buildsOf, type KeepRules, oldWorktrees, piecesToFree } from '../../cache/index.ts';
import { type CachePiece, type Context, type Freed, formatSize } from '../../model/index.ts';
import { freePieces } from './free.ts';
import { locatePieces } from './kinds.ts';
import { measurePieces, type PlacedPiece } from './pieces.ts';

/** What the cache holds and what was freed of it. */
export interface Collected {
  readonly pieces: readonly CachePiece[];
  /** Absent where no rule was given. */
  readonly freed?: Freed;
}

export interface CollectRequest extends KeepRules {
  /** Says what would go and leaves it. */
  readonly dryRun?: boolean;
}

/** Looks at the cache, and removes what the rules say and nobody uses. Throws HostError for what can't be removed. */
export async function collectCache({ dryRun, ...rules }: CollectRequest, context: Context): Promise<Collected> {
  const pieces = await measurePieces(context);
  if (rules.keepDays === undefined && rules.maxBytes === undefined) return { pieces };
  const byPiece = new Map<CachePiece, PlacedPiece>(pieces.map((one) => [one, one]));
  const chosen = piecesToFree(pieces, rules, Date.now()).flatMap((one) => byPiece.get(one) ?? []);
  return { pieces, freed: await freePieces(chosen, context, dryRun) };
}

let collected = false;

/**
 * Removes work trees that no recent run used, with what was built of them; once in a process. Never complains: whoever
 * works in the cache says what is wrong with it.
 */
export async function collectWorktrees(context: Context): Promise<void> {
  if (collected) return;
  collected = true;
  try {
    const pieces = await locatePieces(context.cache);
    for (const old of oldWorktrees(pieces, Date.now())) {
      const { removed } = await freePieces(
        pieces.filter((one) => one.kind === old.kind && one.name === old.name),
        context,
      );
      const builds = new Set(removed.flatMap((one) => buildsOf(one, pieces)).map(({ name }) => name));
      await freePieces(
        pieces.filter((one) => one.kind === 'builds' && builds.has(one.name)),
        context,
      );
    }
  } catch {
    // An interruption is noticed by whatever comes next.
  }
}

/** How long a run may count, in milliseconds: what it does not reach the next one does. */
const countMs = 1500;

/** Says so when the cache holds more than a limit (bytes). Never complains. */
export async function warnOfSize(limit: number, context: Context): Promise<void> {
  const pieces = await measurePieces(context, countMs).catch(() => []);
  const bytes = pieces.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  if (bytes <= limit) return;
  const size = formatSize(limit);
  const text = `the cache ${context.cache.root} holds ${formatSize(bytes)}, more than ${size}: quiltboot gc --max-size ${size.replace(/\.0 | /, '').replace('iB', '')} frees what was used least recently`;
  context.emit({ type: 'note', level: 'warning', text });
}
