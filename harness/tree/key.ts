import { createHash } from 'node:crypto';

/** Everything that the content of a prepared tree depends on; no names of trees, and no places. */
export interface TreeIdentity {
  /** Of the resolved source: package and version with its sum, sha256 of a tarball, commit, git tree. */
  readonly source: string;
  /** sha256 of each incremental patch, in order. */
  readonly patches: readonly string[];
  readonly quilt?: {
    readonly content: string;
    readonly minus: readonly string[];
    /** Name and sha256 of each patch that takes the place of one of the layer. */
    readonly refreshed?: readonly string[];
  };
  /** The project's queue: name and sha256 of each patch, in order. */
  readonly queue: readonly string[];
  /** Lines of context in which the queue's patches may differ; 0 when absent. */
  readonly fuzz?: number;
}

/** Raise it when an equal recipe would give another repository than before. */
const format = 1;

/** The key of a prepared tree in the cache: sha256 in hex. */
export function treeKey(identity: TreeIdentity): string {
  const { source, patches, quilt, queue, fuzz = 0 } = identity;
  const layer = quilt === undefined ? null : [quilt.content, [...quilt.minus].sort(), ...sorted(quilt.refreshed)];
  return createHash('sha256')
    .update(JSON.stringify([format, source, patches, layer, queue, ...(fuzz === 0 ? [] : [fuzz])]))
    .digest('hex');
}

/** Nothing for a layer without such patches, whose key is as it always was. */
function sorted(refreshed: readonly string[] = []): string[][] {
  return refreshed.length === 0 ? [] : [[...refreshed].sort()];
}
