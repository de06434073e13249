import type { Context, TreeSource } from '../../../model/index.ts';
import { debian } from './debian.ts';
import { directory } from './directory.ts';
import { git } from './git.ts';
import type { Resolve, ResolvedSource } from './source.ts';
import { tarball } from './tarball.ts';

export type { ResolvedSource } from './source.ts';

/** Every kind of source. */
const sources: { readonly [K in TreeSource['kind']]: Resolve<K> } = { debian, tarball, git, directory };

/** Pins a source down: which version, commit or content it is now. Downloads only what it can't tell otherwise. */
export async function resolveSource(source: TreeSource, context: Context): Promise<ResolvedSource> {
  // Each row takes sources of its own kind alone.
  return await (sources[source.kind] as (one: TreeSource, context: Context) => Promise<ResolvedSource>)(
    source,
    context,
  );
}
