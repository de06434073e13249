import { userPath } from '../../../host/files/user-path.ts';
import { borrowObjects } from '../../../host/git/import.ts';
import { snapshotOfDirectory } from '../directory.ts';

import type { Resolve } from './source.ts';

/** A directory as it is now. */
export const directory: Resolve<'directory'> = async ({ path: directory }, context) => {
  await userPath('directory', { path: directory, what: 'directory' });
  const { emit } = context;
  emit({ type: 'stage-progress', stage: 'fetch', text: `reading ${directory}` });
  const snapshot = await snapshotOfDirectory(directory, context);
  return {
    identity: `tree ${snapshot.tree}`,
    resolved: `${directory} tree ${snapshot.tree}`,
    async bring(place) {
      await borrowObjects(place.repository, snapshot.repository);
      return snapshot.tree;
    },
  };
};
