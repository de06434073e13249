import path from 'node:path';
import { unpackTarball } from '../../../host/fetch/archive.ts';
import { movePath } from '../../../host/files/write.ts';
import { storeDirectory } from '../../../host/git/store.ts';
import { type Context } from '../../../model/index.ts';

import type { SourcePlace } from './source.ts';

/** Unpacks a tarball into a place and resolves with its git tree. */
export async function unpackInto(place: SourcePlace, tarball: string, context: Context): Promise<string> {
  const { signal, emit } = context;
  const text = `unpacking ${path.basename(tarball)}`;
  const say = (more: string): void => emit({ type: 'stage-progress', stage: 'fetch', text: `${text}${more}` });
  say('');
  const options = { signal, onProgress: (bytes: number) => say(`: ${Math.round(bytes / 2 ** 20)} MiB`) };
  const top = await unpackTarball(tarball, path.join(place.scratch, 'unpacked'), options);
  await movePath(top, place.spare.directory);
  emit({ type: 'stage-progress', stage: 'fetch', text: 'storing the source in git' });
  const stored = { repository: place.repository, worktree: place.spare.directory, index: place.spare.index };
  return storeDirectory(stored, signal);
}
