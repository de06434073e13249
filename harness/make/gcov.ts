import path from 'node:path';
import type { Target, Toolchain } from '../model/index.ts';

/** Names that mean nothing to make. */
const plainName = /^[\w./+-]+\.c$/;
/** Programs for the machine that builds, and files that only tools read. */
const foreign = /^(?:tools|scripts|Documentation|samples|usr)\//;

/** Whether a file can have an object of its own in a kernel that counts what is executed of it. */
export function isCountable(file: string): boolean {
  return plainName.test(file) && !foreign.test(file) && !file.split('/').includes('..');
}

function objectOf(source: string): string {
  return `${source.slice(0, -'.c'.length)}.o`;
}

/** Where the compiler leaves the notes of an object, and the kernel its counters, relative to the build directory. */
export function gcovFile(source: string, ending: 'gcno' | 'gcda'): string {
  return `${source.slice(0, -'.c'.length)}.${ending}`;
}

/**
 * The variables with which make compiles some objects so that they count. The kernel's makefiles go by the last part of an
 * object's name alone; here it is asked for the whole one, and a directory that must not count (`GCOV_PROFILE := n`: code that
 * runs before the kernel does) is left alone.
 *
 * @param sources as {@link isCountable} has them, relative to the tree
 */
export function gcovVariables(sources: readonly string[]): Record<string, string> {
  const byName = new Map<string, string[]>();
  for (const object of sources.map(objectOf)) {
    const name = path.posix.basename(object);
    byName.set(name, [...(byName.get(name) ?? []), object]);
  }
  return Object.fromEntries(
    [...byName].map(([name, objects]) => [
      `GCOV_PROFILE_${name}`,
      `$(if $(filter ${objects.join(' ')},$@),$(if $(filter n,$(GCOV_PROFILE)),n,y))`,
    ]),
  );
}

/** Whether the makefile of a file's directory says that it must not count: what make is told would win over that. */
export function refusesCounters(makefile: string, source: string): boolean {
  const name = path.posix.basename(objectOf(source)).replaceAll(/[.+]/g, '\\$&');
  return new RegExp(`^\\s*GCOV_PROFILE_${name}\\s*:?=\\s*n\\b`, 'm').test(makefile);
}

/** The program that reads counters of what a compiler has made: `s390x-linux-gnu-gcov-12`; undefined for another than gcc. */
export function gcovCommand(
  { crossCompile }: Pick<Target, 'crossCompile'>,
  { cc }: Pick<Toolchain, 'cc'>,
): string | undefined {
  const [, front, version] = /^(.*)\bgcc((?:-[\d.]+)?)$/.exec(cc) ?? [];
  return front === undefined ? undefined : `${crossCompile}${front}gcov${version ?? ''}`;
}
