import path from 'node:path';
import { type SeriesSpec, UserError } from '../model/index.ts';
import type { DocumentPath } from './document.ts';
import type { Places } from './guest.ts';
import type { ProjectFile } from './schema.ts';

type BaseEntry = NonNullable<ProjectFile['series']>[string]['bases'][string];

/**
 * Where the patches of a series are: in a queue, or in commits, which become one beside the project file.
 *
 * @throws UserError for a series that has both
 */
export function patchesOf(
  name: string,
  { queue, git }: BaseEntry,
  at: DocumentPath,
  { absolute, locate }: Places,
): Pick<SeriesSpec, 'directory' | 'git'> {
  if (git === undefined) return queue === undefined ? {} : { directory: absolute(queue) };
  const location = locate([...at, 'git']);
  if (queue !== undefined) {
    const hint = 'a series is either a queue of files or a range of commits: remove one';
    throw new UserError('exactly one of queue, git', { code: 'QB-PROJECT', location, hint });
  }
  return {
    directory: absolute(path.join('.quiltboot', 'queues', `${name}-${String(at.at(-1))}`)),
    git: { repository: absolute(git.path ?? '.'), range: git.range, location },
  };
}
