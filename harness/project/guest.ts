import path from 'node:path';
import {
  defined,
  type GuestContents,
  type GuestModule,
  type ProgramSuite,
  type SourceLocation,
  suiteKind,
  UserError,
} from '../model/index.ts';
import type { DocumentPath } from './document.ts';
import type { ProjectFile } from './schema.ts';

type SuiteEntry = NonNullable<NonNullable<ProjectFile['series']>[string]['suites']>[number];
type ProgramEntry = Exclude<SuiteEntry, string>['program'];

/** What turns what the file says into absolute paths and places. */
export interface Places {
  readonly absolute: (file: string) => string;
  readonly locate: (at: DocumentPath) => SourceLocation;
}

const defaultTimeoutMs = 60_000;
/** Where guests have the scripts of suites; also the directory in which programs run. */
const testDirectory = 'tests';

/** What only a shell understands. */
const ofShell = /["'$&|;<>*?(){}`\\~#[\]]/;

/** A command as words. */
function wordsOf(run: string | readonly string[]): string[] {
  if (typeof run !== 'string') return [...run];
  return ofShell.test(run) ? ['/bin/sh', '-c', run] : run.trim().split(/\s+/);
}

function programSuite(entry: ProgramEntry, at: DocumentPath, places: Places): ProgramSuite {
  const [first = '', ...rest] = wordsOf(entry.run);
  const location = places.locate(at);
  const file = path.basename(first);
  const isScript = first.includes('/') && !first.startsWith('/');
  const to = `${testDirectory}/${file}`;
  return {
    name: entry.name ?? path.parse(file).name,
    argv: [isScript ? `/${to}` : first, ...rest],
    pass: entry.pass ?? 'exit status',
    timeoutMs: entry.timeout === undefined ? defaultTimeoutMs : entry.timeout * 1000,
    ...(isScript && { script: { from: places.absolute(first), to, location: places.locate([...at, 'run']) } }),
    location,
  };
}

/** Programs that are suites of any series, by their names. Throws UserError where two have one name. */
export function programSuites(series: ProjectFile['series'], places: Places): Record<string, ProgramSuite> {
  const found: Record<string, ProgramSuite> = {};
  for (const [name, { suites = [] }] of Object.entries(series ?? {})) {
    for (const [index, entry] of suites.entries()) {
      if (typeof entry === 'string') continue;
      const suite = programSuite(entry.program, ['series', name, 'suites', index, 'program'], places);
      const other = found[suite.name];
      if (
        other &&
        JSON.stringify([other.argv, other.script?.from]) !== JSON.stringify([suite.argv, suite.script?.from])
      ) {
        throw new UserError(`two programs have the name "${suite.name}"`, {
          code: 'QB-PROJECT',
          hint: 'give one of them another: program: {name: …}',
          ...defined({ location: suite.location }),
        });
      }
      found[suite.name] = suite;
    }
  }
  return found;
}

/** The words for the suites of a series. */
export function suiteWords(entries: readonly SuiteEntry[] | undefined, places: Places): string[] {
  return (entries ?? []).map((entry) => {
    if (typeof entry === 'string') return suiteKind(entry) ? entry : places.absolute(entry);
    return `program:${programSuite(entry.program, [], places).name}`;
  });
}

/** The modules of guests. Throws UserError where one stands there twice. */
function guestModules(entries: NonNullable<ProjectFile['modules']>, places: Places): GuestModule[] {
  const known = new Set<string>();
  return entries.map((entry, index) => {
    const { name, parameters = [], unload = true } = typeof entry === 'string' ? { name: entry } : entry;
    const location = places.locate(['modules', index]);
    const loaded = name.replaceAll('-', '_');
    if (known.has(loaded)) {
      throw new UserError(`the module "${name}" stands there twice`, {
        code: 'QB-PROJECT',
        hint: 'a kernel has each module once, and takes "-" and "_" in its name for the same: remove one',
        location,
      });
    }
    known.add(loaded);
    const words = typeof parameters === 'string' ? parameters.trim().split(/\s+/) : parameters;
    return { name: loaded, parameters: words, ...(!unload && { stays: true as const }), location };
  });
}

/** What guests get by `programs` and `files`. */
export function guestContents({ programs = {}, files = {}, modules = [] }: ProjectFile, places: Places): GuestContents {
  const list = (one: string | readonly string[]): readonly string[] => (typeof one === 'string' ? [one] : one);
  return {
    programs: Object.fromEntries(
      Object.entries(programs).map(([name, { c, flags = [], libc = 'klibc' }]) => [
        name,
        { name, sources: list(c).map(places.absolute), flags, libc, location: places.locate(['programs', name]) },
      ]),
    ),
    files: Object.entries(files).map(([to, from]) => ({
      from: places.absolute(from),
      to: path.posix.normalize(to).replace(/^\/+|\/+$/g, ''),
      location: places.locate(['files', to]),
    })),
    ...(modules.length > 0 && { modules: guestModules(modules, places) }),
  };
}
