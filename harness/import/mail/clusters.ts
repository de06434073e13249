import type { Message } from '../text/types.ts';
import { titleKey } from './subject.ts';

/** The numbered messages of one series, all its revisions and cover letters together, in the order of the source. */
export interface Cluster {
  readonly messages: readonly Message[];
}

/**
 * Finds out which numbered messages are of the same series: those of one thread, those whose titles agree between
 * revisions, and, where a source keeps no message ids, those that count to the same number.
 */
export function findClusters(messages: readonly Message[]): Cluster[] {
  const groups = new DisjointSets();
  const keysOf = (message: Message): string[] => {
    const { subject } = message;
    const root = message.references[0] ?? message.messageId;
    const title = titleKey(subject.title);
    return [
      root === undefined ? `total ${subject.total ?? 0}` : `thread ${root}`,
      ...(title === '' ? [] : [`${subject.index === 0 ? 'cover' : 'title'} ${title}`]),
    ];
  };
  for (const message of messages) {
    const [first = '', ...more] = keysOf(message);
    for (const key of more) groups.join(first, key);
  }
  const clusters = new Map<string, Message[]>();
  for (const message of messages) {
    const key = groups.find(keysOf(message)[0] ?? '');
    const cluster = clusters.get(key);
    if (cluster === undefined) clusters.set(key, [message]);
    else cluster.push(message);
  }
  return [...clusters.values()].map((found) => ({ messages: found }));
}

/** What to call a series: the title of its newest cover letter, else of its first patch. */
export function clusterTitle({ messages }: Cluster): string {
  const newest = messages.toSorted((a, b) => b.subject.version - a.subject.version);
  const first = newest.find(({ subject }) => subject.index === 0) ?? newest.toSorted(byIndex)[0];
  return first?.subject.title ?? '';
}

export function byIndex(a: Message, b: Message): number {
  return (a.subject.index ?? 0) - (b.subject.index ?? 0);
}

/** Names that were said to belong together. */
class DisjointSets {
  private readonly parents = new Map<string, string>();

  find(key: string): string {
    let at = key;
    for (let up = this.parents.get(at); up !== undefined; up = this.parents.get(at)) at = up;
    return at;
  }

  join(a: string, b: string): void {
    const [top, other] = [this.find(a), this.find(b)];
    if (top !== other) this.parents.set(other, top);
  }
}
