import os from 'node:os';
import path from 'node:path';
import type { CachePaths } from '../../model/index.ts';

/**
 * Where things are kept between runs: `QUILTBOOT_CACHE`, else `quiltboot` below `XDG_CACHE_HOME`, else below
 * `~/.cache`.
 */
export function cachePaths(env: Readonly<Record<string, string | undefined>>, chosen?: string): CachePaths {
  const home = env['XDG_CACHE_HOME'] || path.join(env['HOME'] || os.homedir(), '.cache');
  const root = path.resolve(chosen ?? env['QUILTBOOT_CACHE'] ?? path.join(home, 'quiltboot'));
  const under = (name: string): string => path.join(root, name);
  return {
    root,
    downloads: under('downloads'),
    trees: under('trees'),
    worktrees: under('worktrees'),
    builds: under('builds'),
    store: under('store'),
    images: under('images'),
    ccache: under('ccache'),
    locks: under('locks'),
  };
}
