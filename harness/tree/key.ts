import { createHash } from 'node:crypto';

/** Everything that the content of a prepared tree depends on; no names of trees, and no places. */
export interface TreeIdentity {
  /** Of the resolved source: package and version with its sum, sha256 of a tarball, commit, git tree. */
  readonly source: string;
  /** sha256 of each incremental patch, in order. */
  readonly patches: readonly string[];
  readonly quilt?: { readonly content: string; readonly minus: readonly string[] };
  /** The project's queue: name and sha256 of each patch, in order. */
  readonly queue: readonly string[];
}

/** Raise it when an equal recipe would give another repository than before. */
const format = 1;

/** The key of a prepared tree in the cache: sha256 in hex. */
export function treeKey(identity: TreeIdentity): string {
  const { source, patches, quilt, queue } = identity;
  const layer = quilt === undefined ? null : [quilt.content, [...quilt.minus].sort()];
  return createHash('sha256')
    .update(JSON.stringify([format, source, patches, layer, queue]))
    .digest('hex');
}
