import type { CheckFinding } from '../model/index.ts';
import { linesAdded } from './patch-lines.ts';

/**
 * What checkpatch.pl says with `--terse --show-types`: `FILE:LINE: ERROR:TYPE: text`, where the line is that of the patch.
 *
 * @param patch what checkpatch read
 */
export function readCheckpatch(output: string, patch: string): CheckFinding[] {
  const places = new Map(linesAdded(patch).map(({ at, file, line }) => [at, { file, line }]));
  return output.split('\n').flatMap((text): CheckFinding[] => {
    const match = /^(?:[^:]*:)?(\d+): (ERROR|WARNING):(?:([A-Z_]+):)? ?(.*)$/.exec(text);
    if (!match) return [];
    const type = match[3] === undefined ? '' : ` [${match[3]}]`;
    const severity = match[2] === 'ERROR' ? 'error' : 'warning';
    return [{ ...places.get(Number(match[1])), text: `${match[4] ?? ''}${type}`, severity }];
  });
}
