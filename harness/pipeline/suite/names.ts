import path from 'node:path';
import { defined, suiteKind } from '../../model/index.ts';
import type { SuiteContext } from '../../model/suite.ts';
import { dialectModule } from './dialects.ts';

/** Suite names for results: the file's name, with its directory in front where two would be equal. */
export function suiteNames(files: readonly string[]): string[] {
  const short = files.map((file) => (suiteKind(file) ? file : path.parse(file).name.replace(/\.test$/, '')));
  return files.map((file, index) => {
    const name = short[index] ?? '';
    if (name === file) return name;
    return short.filter((other) => other === name).length > 1 ? `${path.basename(path.dirname(file))}/${name}` : name;
  });
}

/** Suites as the processes that load them are told of them, in the same order. */
export async function namedSuites(
  files: readonly string[],
  dialect: string | undefined,
): Promise<SuiteContext['suites']> {
  const names = suiteNames(files);
  return await Promise.all(
    files.map(async (file, index) => ({
      file,
      name: names[index] ?? file,
      ...defined({ dialect: await dialectModule(file, dialect) }),
    })),
  );
}
