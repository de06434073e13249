import path from 'node:path';
import { exists } from '../../host/files/kind.ts';
import { mustReadText } from '../../host/files/read.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { addSeries, type NewSeries, seriesLines } from '../../import/index.ts';
import { UserError } from '../../model/index.ts';
import { parseProject } from '../../project/index.ts';

/** How a project file names a queue that was imported. */
export function describeQueue(name: string, base: string, queue: string, projectFile: string): NewSeries {
  return { name, base, queue: path.relative(path.dirname(projectFile), queue).split(path.sep).join('/') };
}

export { seriesLines };

/** Adds the queue to the project file, whose comments and order stay. Throws UserError when there is no such file. */
export async function addToProject(series: NewSeries, projectFile: string): Promise<void> {
  if (!(await exists(projectFile))) {
    throw new UserError(`there is no project file ${projectFile} to add the series to`, {
      code: 'QB-IMPORT',
      hint: `write one with these lines in it:\n${seriesLines(series)}`,
    });
  }
  const text = addSeries(await mustReadText(projectFile), projectFile, series);
  // The file is written only when it is still one.
  parseProject(text, projectFile);
  await writeFileAtomic(projectFile, text);
}
