import { withScratch } from '../../../host/files/scratch.ts';
import { userPath } from '../../../host/files/user-path.ts';
import { mustGit } from '../../../host/git/git.ts';
import {
  borrowObjects,
  commonDirectory,
  fetchCommit,
  resolveLocalRef,
  resolveRemoteRef,
} from '../../../host/git/import.ts';
import { defined } from '../../../model/index.ts';
import { isUrl } from '../../../tree/override.ts';

import type { Resolve, SourcePlace } from './source.ts';

/** A commit of a repository, local or remote. */
export const git: Resolve<'git'> = async (source, context) => {
  const { signal } = context;
  const { url, ref } = source;
  const local = !isUrl(url) || url.startsWith('file:');
  const repository = url.startsWith('file:') ? new URL(url).pathname : url;
  if (local) await userPath('directory', { path: repository, what: 'git repository' });
  const commit = local
    ? await resolveLocalRef(repository, ref, signal)
    : await withScratch({ purpose: 'ref' }, (scratch) => resolveRemoteRef(scratch, url, ref, signal));
  const borrowed = source.borrow && local ? await commonDirectory(repository, signal) : undefined;
  const fetch = async (place: SourcePlace): Promise<void> => {
    const emit = (text: string, fraction?: number): void =>
      context.emit({
        type: 'stage-progress',
        stage: 'fetch',
        text,
        ...defined({ fraction }),
      });
    const onLine = (line: string): void => {
      const [, what, percent] = /(?:remote: )?(\w+ objects): +(\d+)%[^\r]*$/.exec(line) ?? [];
      if (what !== undefined) emit(`fetching ${ref}: ${what.toLowerCase()}`, Number(percent) / 100);
    };
    emit(`fetching ${ref} from ${url}`);
    await fetchCommit(place.repository, { url: local ? repository : url, local }, commit, { signal, onLine });
  };
  return {
    // What is borrowed goes away with its repository.
    identity: borrowed === undefined ? `git ${commit}` : `git ${commit} in ${borrowed}`,
    resolved: `${url}#${ref} ${commit}`,
    async bring(place) {
      if (borrowed === undefined) await fetch(place);
      else await borrowObjects(place.repository, borrowed);
      const tree = ['rev-parse', '--verify', `${commit}^{tree}`];
      return (await mustGit(place, tree, `reading the commit ${commit}`, { signal })).trim();
    },
  };
};
