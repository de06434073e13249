import path from 'node:path';
import { isOlder } from '../../host/files/age.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { runProcess } from '../../host/process.ts';
import type { Context } from '../../model/index.ts';
import { locked } from '../locked.ts';
import type { BuildRoom } from './room.ts';

/** What a layer that others read may grow to. */
const mostSize = '5Gi';
const everyMs = 24 * 60 * 60 * 1000;
const trimMs = 5 * 60_000;

/**
 * Takes away what was not used for the longest time in the layer that a build writes, once a day: ccache itself keeps the
 * size of its own layers alone. It runs where the build ran, for what lies there is the build's.
 */
export async function trimCache(room: BuildRoom, context: Context): Promise<void> {
  const { cache } = room.places;
  if (cache === undefined || !cache.shared) return;
  const marker = path.join(context.cache.ccache, `${path.basename(room.cacheLayer ?? cache.writes)}.trimmed`);
  if (!(await isOlder(marker, everyMs))) return;
  await locked(context, { name: 'trim-cache', purpose: 'trimming the compiler cache' }, async () => {
    if (!(await isOlder(marker, everyMs))) return;
    await writeFileAtomic(marker, '');
    const argv = await room.wrap(['ccache', '--trim-dir', cache.writes, '--trim-max-size', mostSize]);
    await runProcess({ argv, signal: context.signal, timeoutMs: trimMs });
  });
}
