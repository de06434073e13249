import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Context, type Event } from '../../harness/model/index.ts';
import { bootRetrying } from '../../harness/pipeline/guest/factory.ts';
import type { BootRequest, OpenGuest } from '../../harness/pipeline/guest/guest.ts';
import { makeImage } from '../../harness/pipeline/guest/image.ts';

import { guestContext, kernelTimeoutMs, testKernels } from './kernels.ts';

/** The kernels that guests boot. */
export const kernels = testKernels();

interface World {
  readonly request: BootRequest;
  readonly context: Context;
  readonly events: Event[];
}

const images = await mkdtemp(path.join(os.tmpdir(), 'real-images-'));
test.after.always(() => rm(images, { recursive: true, force: true }));

/** Packages are kept where the user keeps them, images for all tests, everything else goes into a directory of its own. */
export async function withWorld(
  t: ExecutionContext,
  kernel: (typeof kernels)[number],
  action: (world: World) => Promise<void>,
): Promise<void> {
  const { target } = kernel;
  t.timeout(kernelTimeoutMs);
  const image = await kernel.image();
  t.timeout(240_000);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'real-guest-'));
  const events: Event[] = [];
  const own = guestContext(directory, { emit: (event) => events.push(event) });
  const context = { ...own, cache: { ...own.cache, images } };
  try {
    const { initramfs } = await makeImage({ target }, context);
    events.length = 0;
    const logFile = path.join(directory, 'console.log');
    await action({
      request: {
        target,
        kernel: { image },
        initramfs,
        cpus: 1,
        memoryMiB: 256,
        logFile,
        deadlines: { callMs: 60_000 },
      },
      context,
      events,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A guest of a kernel, closed when the action ends. */
export const withGuest = (
  t: ExecutionContext,
  kernel: (typeof kernels)[number],
  action: (guest: OpenGuest) => Promise<void>,
): Promise<void> =>
  withWorld(t, kernel, async ({ request, context }) => {
    const guest = await bootRetrying(request, context);
    await action(guest).finally(() => guest.close());
  });
