import path from 'node:path';
import type { Compiled, TouchedFile, TouchedKind, Uncovered } from '../model/index.ts';

const kbuildNames = /^(?:Kconfig|Makefile|Kbuild)(?:[.\-_].*)?$/;
const textDirectories = /^(?:Documentation|LICENSES)\//;
const textNames =
  /^(?:MAINTAINERS|CREDITS|COPYING|README.*|TODO|\.gitignore|\.mailmap|\.get_maintainer\.ignore|\.gitattributes|\.clang-format|.*\.(?:rst|txt|md))$/;

const sourceNames = /\.(?:[chS]|rs|dtsi?|lds)$/;

/** What a file is to the build of a kernel, by its name. */
export function touchedKind(file: string): TouchedKind {
  const name = path.basename(file);
  // Schemas and Kconfig files of the documentation are for its own tools.
  if (textDirectories.test(file)) return 'text';
  if (kbuildNames.test(name)) return 'kbuild';
  return textNames.test(name) && !sourceNames.test(name) ? 'text' : 'code';
}

/** Whether a file is among those that a kernel was made with. */
export function isUsed(file: string, used: ReadonlySet<string>): boolean {
  if (used.has(file)) return true;
  if (touchedKind(file) !== 'kbuild' || path.basename(file).startsWith('Kconfig')) return false;
  const directory = path.dirname(file);
  // Makefiles leave no record: one was read where something was made in its directory or below.
  return directory === '.' ? used.size > 0 : used.has(`${directory}/`) || directory === 'scripts';
}

/** The architecture whose code a file is; undefined for one of all. */
export function archOf(file: string): string | undefined {
  return /^arch\/([^/]+)\/./.exec(file)?.[1] ?? /^tools\/arch\/([^/]+)\//.exec(file)?.[1];
}

/**
 * What the kernel of a cell tells of a patch: it is covered when one of its code files was used or, where it has none, one
 * of those that steer the build. Text alone changes no kernel.
 *
 * @param rule what the project says of this patch; where it says nothing, only text alone is accepted
 */
export function compiledOf(files: readonly TouchedFile[], rule: Uncovered | undefined): Compiled {
  const telling = tellingOf(files);
  return { files, covered: isCovered(telling), allowed: rule === undefined ? telling === undefined : rule === 'allow' };
}

/** The same when more was made of these files than the kernel: the programs of its tests. */
export function withUsed(compiled: Compiled, used: ReadonlySet<string>): Compiled {
  const files = compiled.files.map(
    ({ path: file, kind, ...more }): TouchedFile =>
      used.has(file) ? { path: file, kind, used: true } : { path: file, kind, ...more },
  );
  return { ...compiled, files, covered: isCovered(tellingOf(files)) };
}

function tellingOf(files: readonly TouchedFile[]): readonly TouchedFile[] | undefined {
  return (['code', 'kbuild'] as const)
    .map((kind) => files.filter((file) => file.kind === kind))
    .find((some) => some.length > 0);
}

function isCovered(telling: readonly TouchedFile[] | undefined): boolean {
  return telling?.some(({ used }) => used) ?? false;
}
