import path from 'node:path';
import { withSpool } from '../../host/files/spool.ts';
import { type CommitFiles, openCommitFiles } from '../../host/git/commit-files.ts';
import {
  type Assembly,
  assemble,
  assembleInOrder,
  collectTrailers,
  type Keep,
  keepInMemory,
  type MailMessage,
  PatchedTree,
  parsePatch,
  type RecoveredPatch,
  recover,
  refusals,
  type TreeReader,
} from '../../import/index.ts';
import {
  type BaseReport,
  type Context,
  defined,
  type ImportResult,
  type PlacedRemark,
  type PreparedTree,
  type TreeRecipe,
  UserError,
} from '../../model/index.ts';
import { preparedTree } from '../tree/fetch.ts';
import { describeBase, findBase, repositoryOfPlace } from './base.ts';
import { type KnownQueue, withFront } from './front.ts';
import { keepRemarks } from './remarks.ts';
import { type ReadSources, readSources } from './sources.ts';
import { type ImportTree, withTree } from './tree.ts';
import { verifyQueue } from './verify.ts';
import { openQueue, type QueueWriter } from './write.ts';

export interface ImportRequest {
  /** Files, directories, `git:PATH#A..B`, URLs and message ids, as the user gave them. */
  readonly sources: readonly string[];
  /** Relative sources start here. */
  readonly cwd: string;
  /** Of the series; made of its title when not given. */
  readonly name?: string;
  /** The tree that the series is for: gives exact bytes, and the queue is tried on it. */
  readonly tree?: ImportTree;
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
  /** Archive for message ids, and the Patchwork for the numbers of series. */
  readonly lore: string;
  readonly patchwork: string;
  /** Queues in which what the series needs first may be. */
  readonly queues?: readonly KnownQueue[];
}

/**
 * Turns mails, patches and archive pages into a quilt queue.
 *
 * What is missing or can't be recovered is a problem in the result, and so is any repair where the input must be clean.
 * Throws UserError for sources that can't be read or hold no patch, and for a queue that is there already.
 */
export async function importSeries(request: ImportRequest, context: Context): Promise<ImportResult> {
  return withSpool((keep) => importWith(request, keep, context));
}

async function importWith(request: ImportRequest, keep: Keep, context: Context): Promise<ImportResult> {
  const read = await readSources({ ...request, keep, signal: context.signal });
  const own = assembleSources(read, request);
  const repository = repositoryOfPlace(request.tree, request.cwd);
  const result = await withTree(request.tree, request.cwd, context, async (tree, told) => {
    const { assembly, notes } = await withFront(own, { tree, repository, queues: request.queues ?? [] }, context);
    const all = [...read.notes, ...told.map((text) => ({ text })), ...notes];
    return makeQueue(request, { ...read, notes: all }, assembly, tree, context);
  });
  return { ...result, ...defined({ remarksFile: await keepRemarks(result.queue, request.cwd, result) }) };
}

/** Finds the trees that the series of the sources fits, without writing anything. */
export async function importBase(
  request: Pick<ImportRequest, 'sources' | 'cwd' | 'lore' | 'patchwork' | 'revision' | 'pick' | 'tree'> & {
    readonly trees: readonly TreeRecipe[];
  },
  context: Context,
): Promise<BaseReport> {
  const read = await readSources({ ...request, keep: keepInMemory, signal: context.signal });
  const own = assembleSources(read, request);
  const repository = repositoryOfPlace(request.tree, request.cwd);
  const { assembly } = await withFront(own, { tree: undefined, repository, queues: [] }, context);
  const recipes = request.tree !== undefined && 'recipe' in request.tree ? [request.tree.recipe] : request.trees;
  const trees: PreparedTree[] = [];
  // Where a place is named, that is where to look.
  for (const recipe of repository === undefined ? recipes : []) {
    const tree = await preparedTree(recipe, context);
    if (tree !== undefined) trees.push(tree);
  }
  return findBase({ assembly, trees, ...defined({ repository }) }, context);
}

function assembleSources(
  { messages, ordered, messageId, baseCommit, problems }: ReadSources,
  request: Pick<ImportRequest, 'revision' | 'pick'>,
): Assembly {
  const pick = request.pick ?? messageId;
  const found = ordered
    ? assembleInOrder({ messages, ...defined({ pick, baseCommit }) })
    : assemble(messages, defined({ revision: request.revision, pick }));
  return { ...found, problems: [...problems, ...found.problems] };
}

async function makeQueue(
  request: ImportRequest,
  read: ReadSources,
  assembly: Assembly,
  tree: PreparedTree | undefined,
  context: Context,
): Promise<ImportResult> {
  const { messages } = read;
  const name = request.name ?? nameOf(assembly);
  const base = (tree?.base || undefined) ?? request.base;
  const result = { name, base, title: assembly.title, version: assembly.version };
  const queue = request.out ?? path.join(request.directory, 'patches', name, ...(base === undefined ? [] : [base]));
  const trailers = request.trailers ? collectTrailers(messages, assembly.patches, assembly.cover) : undefined;
  const writer = await openQueue({ queue, force: request.force });
  const { said, why } = await writePatches({ request, assembly, tree, writer, trailers: trailers?.of }, context).catch(
    async (error: unknown) => {
      await writer.discard();
      throw error;
    },
  );
  if (why !== undefined) {
    await writer.discard();
    const problems = why === '' ? said.problems : [...said.problems, { text: why }];
    return { ...result, queue: undefined, patches: [], ...said, problems };
  }
  const repository = repositoryOfPlace(request.tree, request.cwd);
  const baseNotes = await describeBase(assembly, tree, repository, context);
  const notes = [...said.notes, ...read.notes, ...baseNotes, ...(trailers?.notes ?? [])];
  const patches = await writer.finish(assembly);
  const empty = !patches.some(({ whole }) => whole) && said.problems.length === 0;
  const problems = empty ? [{ text: 'no patch is whole: the queue is empty' }] : said.problems;
  if (tree === undefined) return { ...result, queue, patches, ...said, notes, problems };
  const refused = await verifyQueue({ queue, name, tree, patches, assembly, ...defined({ repository }) }, context);
  return { ...result, queue, patches, ...said, notes, problems: [...problems, ...refused] };
}

type Said = Pick<ImportResult, 'repairs' | 'notes' | 'problems'>;

interface Writing {
  readonly request: ImportRequest;
  readonly assembly: Assembly;
  readonly tree: PreparedTree | undefined;
  readonly writer: QueueWriter;
  readonly trailers: ReadonlyMap<MailMessage, readonly string[]> | undefined;
}

/** Recovers and writes the patches of a series; `why` is there where nothing of it may stay, and says the reason. */
async function writePatches(
  { request, assembly, tree, writer, trailers }: Writing,
  context: Context,
): Promise<{ readonly said: Said; readonly why?: string }> {
  const { found, refused } = await recoverAll(assembly, tree, context, (patch) =>
    writer.add(patch, trailers?.get(patch.message) ?? []),
  );
  if (refused.length > 0) {
    const { repairs, notes, problems } = assembly;
    const said = { repairs, notes, problems: [...problems, ...refused] };
    return { said, why: 'nothing was written: the series contains something that no patch may contain' };
  }
  const said = {
    repairs: [...assembly.repairs, ...found.repairs],
    notes: [...assembly.notes, ...found.notes],
    problems: [...assembly.problems, ...found.problems],
  };
  const unclean = `the input is not clean: nothing was written, since repairs were needed (${said.repairs.length})`;
  if (request.strict && said.repairs.length > 0) return { said, why: unclean };
  return request.strict && said.problems.length > 0 ? { said, why: '' } : { said };
}

/**
 * Recovers one patch after the other and hands each on, so that a long series is never in memory as a whole. From the first
 * one that is refused on, the others are only looked at.
 */
async function recoverAll(
  { patches }: Assembly,
  tree: PreparedTree | undefined,
  context: Context,
  take: (patch: RecoveredPatch) => Promise<void>,
): Promise<{ readonly found: Said; readonly refused: readonly PlacedRemark[] }> {
  const files = tree === undefined ? undefined : openCommitFiles(tree.repository, tree.commit, context.signal);
  const patched = files === undefined ? undefined : new PatchedTree(treeReader(files));
  const found = { repairs: [], notes: [], problems: [] } as { [kind in keyof Said]: PlacedRemark[] };
  const refused: PlacedRemark[] = [];
  const refuse = refusals();
  try {
    for (const message of patches) {
      const parsed = parsePatch(message);
      refused.push(...refuse(parsed));
      if (refused.length > 0) continue;
      const patch = await recover(parsed, patched);
      for (const kind of ['repairs', 'notes', 'problems'] as const) {
        for (const { line, text } of [...message.findings[kind], ...patch[kind]])
          found[kind].push({ source: message.source, line, text });
      }
      await take(patch);
    }
  } finally {
    await files?.close();
  }
  return { found, refused };
}

function treeReader(files: CommitFiles): TreeReader {
  return { lines: async (file) => (await files.read(file))?.split('\n') };
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
    throw new UserError('the series has no title to name it after', {
      code: 'QB-IMPORT',
      hint: 'give it a name: --name NAME',
    });
  return name;
}
