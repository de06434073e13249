import { createHash } from 'node:crypto';
import { gitTool } from '../../host/git/git.ts';
import { changeOf } from '../../import/index.ts';
import type { PlacedRemark } from '../../model/index.ts';

/** Commits of a range by what they change. */
export class Changes {
  private readonly ids = new Map<string, string[]>();

  add(id: string, diff: string): void {
    const change = createHash('sha1')
      .update(changeOf(diff.split('\n')), 'latin1')
      .digest('hex');
    this.ids.set(change, [...(this.ids.get(change) ?? []), id]);
  }

  /**
   * Pairs of commits on two branches of the range that make the same change. A merge of them has it once, and in a queue the
   * second one does not apply. One that stands on the other makes it again, after it was taken back.
   */
  async twins(repository: string, signal: AbortSignal): Promise<(readonly [string, string])[]> {
    const standsOn = async (one: string, other: string): Promise<boolean> =>
      (await gitTool(repository, ['merge-base', '--is-ancestor', other, one], { signal })).exitCode === 0;
    const found: (readonly [string, string])[] = [];
    for (const [first, ...others] of this.ids.values()) {
      for (const other of others) {
        if (first === undefined || (await standsOn(first, other)) || (await standsOn(other, first))) continue;
        found.push([first, other]);
      }
    }
    return found;
  }
}

/** What to say of two such commits. */
export function twinProblem(source: string, title: string, other: string): PlacedRemark {
  const text = `"${title}" makes the change of ${other} again, on another branch of the range: the queue holds both and only one applies; take one of them out of its series file`;
  return { source, text };
}
