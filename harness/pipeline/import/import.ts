import path from 'node:path';
import { readCommitFile } from '../../host/mail/git.ts';
import { readMailSource } from '../../host/mail/source.ts';
import {
  type Assembly,
  assemble,
  collectTrailers,
  type Message,
  PatchedTree,
  type PlacedRemark,
  type RecoveredPatch,
  type Remark,
  readSource,
  recover,
} from '../../import/index.ts';
import { type Context, defined, type PreparedTree, type TreeRecipe, UserError } from '../../model/index.ts';
import { fetchTree } from '../tree/fetch.ts';
import { verifyQueue } from './verify.ts';
import { type WrittenPatch, writeQueue } from './write.ts';

export type { PlacedRemark } from '../../import/index.ts';

export interface ImportRequest {
  /** Files, directories, `git:PATH#A..B`, URLs and message ids, as the user gave them. */
  readonly sources: readonly string[];
  /** Relative sources start here. */
  readonly cwd: string;
  /** Of the series; made of its title when not given. */
  readonly name?: string;
  /** The tree that the series is for: gives exact bytes, and the queue is tried on it. */
  readonly tree?: TreeRecipe;
  /** The tree's base, where no tree is given: a part of the queue's path. */
  readonly base?: string;
  /** Absolute: the directory in which `patches/NAME/BASE` is made. */
  readonly directory: string;
  /** Absolute: the queue's own directory, instead of that. */
  readonly out?: string;
  /** Replace a queue that is there. */
  readonly force: boolean;
  /** Write nothing unless the input is clean. */
  readonly strict: boolean;
  /** Take trailers from answers. */
  readonly trailers: boolean;
  readonly revision?: number;
  readonly pick?: string;
  /** Archive for message ids. */
  readonly lore: string;
}

export interface ImportResult {
  readonly name: string;
  readonly base: string | undefined;
  readonly title: string;
  readonly version: number;
  /** Absolute; undefined when nothing was written. */
  readonly queue: string | undefined;
  readonly patches: readonly WrittenPatch[];
  readonly repairs: readonly PlacedRemark[];
  readonly notes: readonly PlacedRemark[];
  readonly problems: readonly PlacedRemark[];
}

/**
 * Turns mails, patches and archive pages into a quilt queue.
 *
 * What is missing or can't be recovered is a problem in the result, and so is any repair where the input must be clean.
 * Throws UserError for sources that can't be read or hold no patch, and for a queue that is there already.
 */
export async function importSeries(request: ImportRequest, context: Context): Promise<ImportResult> {
  const messages: Message[] = [];
  for (const word of request.sources) {
    for (const file of await readMailSource(word, { cwd: request.cwd, lore: request.lore, signal: context.signal })) {
      messages.push(...readSource(file.name, file.text));
    }
  }
  const { sources } = request;
  const assembly = assemble(messages, {
    ...defined({ revision: request.revision }),
    ...pickOf(request.pick, sources),
  });
  const tree = request.tree === undefined ? undefined : await fetchTree(request.tree, context);
  const recovered = await recoverAll(assembly, tree, context);
  const said = collect(assembly, recovered);
  const name = request.name ?? nameOf(assembly);
  const base = tree?.base ?? request.base;
  const result = { name, base, title: assembly.title, version: assembly.version };
  if (request.strict && said.repairs.length > 0) {
    const text = `the input is not clean: nothing was written, for repairs were needed (${said.repairs.length})`;
    return { ...result, queue: undefined, patches: [], ...said, problems: [...said.problems, { text }] };
  }
  if (request.strict && said.problems.length > 0) return { ...result, queue: undefined, patches: [], ...said };
  const trailers = request.trailers ? collectTrailers(messages, assembly.patches, assembly.cover) : undefined;
  const notes = [...said.notes, ...baseNote(assembly, tree), ...(trailers?.notes ?? [])];
  const queue = request.out ?? path.join(request.directory, 'patches', name, ...(base === undefined ? [] : [base]));
  const patches = await writeQueue({
    queue,
    assembly,
    recovered,
    trailers: trailers?.of ?? new Map(),
    force: request.force,
  });
  if (tree === undefined) return { ...result, queue, patches, ...said, notes };
  const refused = await verifyQueue({ queue, name, tree, patches, assembly }, context);
  return { ...result, queue, patches, ...said, notes, problems: [...said.problems, ...refused] };
}

/** A message id that was given as the source also says which series of its thread is meant. */
function pickOf(pick: string | undefined, sources: readonly string[]): { pick?: string } {
  if (pick !== undefined) return { pick };
  const [only, more] = sources;
  const id =
    more === undefined
      ? /(?:^|\/)<?([^\s<>/]+(?:@|%40)[^\s<>/]+?)>?(?:\/(?:[Tt]\/?|t\.mbox\.gz|raw)?)?$/.exec(only ?? '')?.[1]
      : undefined;
  return id === undefined || id.startsWith('git:') ? {} : { pick: decodeURIComponent(id) };
}

async function recoverAll(
  assembly: Assembly,
  tree: PreparedTree | undefined,
  context: Context,
): Promise<RecoveredPatch[]> {
  const patched =
    tree === undefined
      ? undefined
      : new PatchedTree({
          async lines(file) {
            const text = await readCommitFile(tree.repository, tree.commit, file, context.signal);
            return text?.split('\n');
          },
        });
  const recovered: RecoveredPatch[] = [];
  for (const message of assembly.patches) recovered.push(await recover(message, patched));
  return recovered;
}

function collect(
  assembly: Assembly,
  recovered: readonly RecoveredPatch[],
): Pick<ImportResult, 'repairs' | 'notes' | 'problems'> {
  const gather = (kind: 'repairs' | 'notes' | 'problems'): PlacedRemark[] => [
    ...assembly[kind],
    ...recovered.flatMap((patch) => {
      const place = ({ line, text }: Remark): PlacedRemark => ({ source: patch.message.source, line, text });
      return [...patch.message.findings[kind], ...patch[kind]].map(place);
    }),
  ];
  return { repairs: gather('repairs'), notes: gather('notes'), problems: gather('problems') };
}

/** On what a series was made, as far as its `base-commit:` tells, and whether the tree is that. */
function baseNote({ baseCommit }: Assembly, tree: PreparedTree | undefined): PlacedRemark[] {
  if (baseCommit === undefined) return [];
  const same = tree?.resolved.includes(baseCommit.slice(0, 12));
  if (same) return [];
  const other = tree === undefined ? '' : `; the tree ${tree.name} is ${tree.resolved}`;
  return [{ text: `the series was made on commit ${baseCommit}${other}` }];
}

/** A series is named after its title: two or three of its words. */
function nameOf({ title }: Assembly): string {
  const words = title
    .toLowerCase()
    .replace(/\(v\d+\)/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '' && !['the', 'a', 'an', 'of', 'to', 'for', 'and', 'in', 'on'].includes(word));
  const name = words.slice(0, 3).join('-');
  if (name === '' || name === 'none')
    throw new UserError('the series has no title to name it after', { hint: 'give it a name: --name NAME' });
  return name;
}
