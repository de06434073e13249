import { exists } from '../../host/files/kind.ts';
import { patchIds } from '../../host/git/blobs.ts';
import {
  type Assembly,
  findFront,
  type MailMessage,
  type Offer,
  type Prerequisite,
  prerequisites,
} from '../../import/index.ts';
import type { Context, PlacedRemark, PreparedTree } from '../../model/index.ts';
import { filesBelow } from './patch-files.ts';
import { readQuilt } from './quilt.ts';

/** A queue of the project, where what a series needs first may be. */
export interface KnownQueue {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
}

export interface FrontPlaces {
  readonly tree: PreparedTree | undefined;
  /** Absolute: the git repository that the tree is of. */
  readonly repository: string | undefined;
  readonly queues: readonly KnownQueue[];
}

/** How far back patches of a history are looked for. */
const patchesBack = 500;

/**
 * Puts in front of a series what it needs first, where that is among the sources or in a queue of the project; what the
 * tree has already is left out, and what is nowhere is told.
 */
export async function withFront(
  assembly: Assembly,
  { tree, repository, queues }: FrontPlaces,
  context: Context,
): Promise<{ readonly assembly: Assembly; readonly notes: readonly PlacedRemark[] }> {
  const { cover, patches, offers = [] } = assembly;
  const messages = cover === undefined ? patches : [cover, ...patches];
  const needed = prerequisites(messages);
  if (needed.length === 0) return { assembly, notes: [] };
  const there = needed.some(({ kind }) => kind === 'patch-id')
    ? await patchesOf(tree, repository, context.signal)
    : new Map<string, string>();
  const isMet = ({ kind, value }: Prerequisite): boolean => kind === 'patch-id' && there.has(value);
  let found = findFront({ messages, offers, isMet });
  if (found.unmet.length > 0) {
    const more = await offersOf(queues, context.signal);
    if (more.length > 0) found = findFront({ messages, offers: [...offers, ...more], isMet });
  }
  const notes = [
    ...needed.filter(isMet).map((need) => tell(need, `, in the tree as ${there.get(need.value)?.slice(0, 12) ?? ''}`)),
    ...found.front
      .filter((one) => one.patches.length > 0)
      .map(({ need, patches: put }) => tell(need, `: put in front, ${titles(put)}`)),
    ...found.unmet.map((need) => tell(need, tree === undefined ? '' : ', not in the tree')),
  ];
  const front = found.front.flatMap((one) => one.patches).map(withoutNumber);
  return { assembly: front.length === 0 ? assembly : { ...assembly, patches: [...front, ...patches] }, notes };
}

function tell({ kind, value, source }: Prerequisite, where: string): PlacedRemark {
  return { source, text: `needs first: ${kind === 'series' ? '' : `${kind} `}${value}${where}` };
}

function titles(patches: readonly MailMessage[]): string {
  const [first] = patches.map(({ subject, source }) => `"${subject.title}" of ${source}`);
  return `${first ?? ''}${patches.length > 1 ? ` and ${patches.length - 1} more` : ''}`;
}

/** Its number is that of another series. */
function withoutNumber(message: MailMessage): MailMessage {
  const { title, reply, forward, version } = message.subject;
  return { ...message, subject: { title, reply, forward, version } };
}

async function offersOf(queues: readonly KnownQueue[], signal: AbortSignal): Promise<Offer[]> {
  const offers: Offer[] = [];
  for (const { name, directory } of queues) {
    // A queue that is named and not there is told by the commands that use it.
    if (!(await exists(`${directory}/series`))) continue;
    const patches = await readQuilt(filesBelow(directory, signal), directory).catch(() => []);
    offers.push(...patches.map((patch) => ({ version: 1, patches: [{ ...patch, source: `queue ${name}` }] })));
  }
  return offers;
}

async function patchesOf(
  tree: PreparedTree | undefined,
  repository: string | undefined,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const commit = / ([0-9a-f]{40,64})$/.exec(tree?.resolved ?? '')?.[1];
  if (repository === undefined || commit === undefined) return new Map();
  return patchIds(repository, commit, patchesBack, signal);
}
