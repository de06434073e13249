import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { cachePaths } from '../../harness/host/paths.ts';
import type { Target } from '../../harness/model/index.ts';
import { findTarget } from '../../harness/target/index.ts';

export interface TestKernel {
  readonly target: Target;
  readonly image: string;
}

/** `QUILTBOOT_TEST_KERNELS=x86_64=/path/bzImage,s390x=/path/bzImage`: those that somebody names. */
export function namedKernels(): TestKernel[] {
  return (process.env['QUILTBOOT_TEST_KERNELS'] ?? '')
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name = '', ...image] = entry.split('=');
      return { target: findTarget(name), image: image.join('=') };
    });
}

/**
 * Kernels for tests that need real ones: those that are named, else for x86_64 and s390x the smallest that earlier runs
 * have left in the cache (the smallest has the fewest checkers, and boots soonest).
 */
export function anyKernels(): TestKernel[] {
  const named = namedKernels();
  if (named.length > 0) return named;
  const store = path.join(cachePaths(process.env).store, 'build');
  const found = existsSync(store) ? readdirSync(store).map((key) => path.join(store, key)) : [];
  const builds = found
    .filter((directory) => ['image', 'result.json'].every((name) => existsSync(path.join(directory, name))))
    .map((directory) => ({
      image: path.join(directory, 'image'),
      size: statSync(path.join(directory, 'image')).size,
      target: (JSON.parse(readFileSync(path.join(directory, 'result.json'), 'utf8')) as { target?: string }).target,
    }))
    .sort((a, b) => a.size - b.size);
  return ['x86_64', 's390x'].flatMap((name) => {
    const build = builds.find(({ target }) => target === name);
    return build ? [{ target: findTarget(name), image: build.image }] : [];
  });
}
