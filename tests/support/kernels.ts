import { access, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cachePaths } from '../../harness/host/files/paths.ts';
import type { BootTarget, Context } from '../../harness/model/index.ts';
import { findBootTarget } from '../../harness/targets/index.ts';
import { placeIn, root } from './program.ts';

/**
 * What a test that may have to build kernels is given, in milliseconds. It is ava's own timeout as well (ava.config.mjs):
 * ava ends what hangs only where no test has asked for longer than that.
 */
export const kernelTimeoutMs = 60 * 60 * 1000;

/** A context for guests of real kernels whose cache, but for what was downloaded, is a directory of its own. */
export function guestContext(directory: string, changes: Partial<Context> = {}): Context {
  return {
    cache: { ...cachePaths({}, directory), downloads: cachePaths(process.env).downloads },
    emit: () => undefined,
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
    ...changes,
  };
}

export interface TestKernel {
  readonly target: BootTarget;
  /** Where the image is; it is built where nobody has named one and no run has built it. That may take minutes. */
  readonly image: () => Promise<string>;
}

/** `QUILTBOOT_TEST_KERNELS=x86_64=/path/bzImage,s390x=/path/bzImage`: those that somebody names. */
function namedKernels(): TestKernel[] {
  return (process.env['QUILTBOOT_TEST_KERNELS'] ?? '')
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name = '', ...rest] = entry.split('=');
      const image = rest.join('=');
      return {
        target: findBootTarget(name),
        image: async () => {
          await access(image);
          return image;
        },
      };
    });
}

/** Builds the whole container series on the default tree, or takes it from the store; resolves with its image. */
async function buildSeries(target: BootTarget): Promise<string> {
  const out = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-kernel-'));
  try {
    const place = placeIn(root, { NO_COLOR: '1' });
    const words = ['build', 'container', '--points', 'final', '--target', target.name, '--out', out];
    const { code, err } = await place.run(...words);
    const image = /^kernel of point \d+ for .*: (\/.*)$/m.exec(err)?.[1];
    if (code !== 0 || image === undefined) throw new Error(`no kernel for ${target.name}: ${err}`);
    return image;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/**
 * Kernels for tests that need real ones: those that are named, else those of the whole container series for x86_64 and
 * s390x, which nearly every test of a real kernel uses.
 */
export function testKernels(): TestKernel[] {
  const named = namedKernels();
  if (named.length > 0) return named;
  return ['x86_64', 's390x'].map((name) => {
    const target = findBootTarget(name);
    let image: Promise<string> | undefined;
    return { target, image: () => (image ??= buildSeries(target)) };
  });
}
