import type { Run } from '../model/index.ts';

/** What of a run tells its inputs. */
export type RunFacts = Pick<Run, 'tree' | 'series' | 'host' | 'inputs'>;

/** Tools that make nothing which is stored. */
const immaterial = new Set(['node', 'git']);

function inBoth<T>(
  before: Readonly<Record<string, T>> = {},
  now: Readonly<Record<string, T>> = {},
): { readonly name: string; readonly was: T; readonly is: T }[] {
  return Object.entries(now).flatMap(([name, is]) => {
    const was = before[name];
    return was === undefined || was === is ? [] : [{ name, was, is }];
  });
}

function treeChange(before: Run['tree'], now: Run['tree']): string[] {
  if (before.key === now.key) return [];
  if (before.resolved === now.resolved) return ['the patches or the queue of the tree'];
  return [`tree ${before.resolved} → ${now.resolved}`];
}

function patchChange(before: Run['series'], now: Run['series']): string[] {
  const hashes = ({ patches }: Run['series']): Map<string, string | undefined> =>
    new Map(patches.map(({ name, hash }) => [name, hash]));
  const was = hashes(before);
  const is = hashes(now);
  const named = (what: string, names: readonly string[]): string[] => {
    if (names.length === 0) return [];
    const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
    return [`${names.length === 1 ? 'patch' : 'patches'} ${what}: ${names.slice(0, 3).join(', ')}${more}`];
  };
  const common = [...is.keys()].filter((name) => was.has(name));
  const ordered = common.join('\n') === [...was.keys()].filter((name) => is.has(name)).join('\n');
  return [
    ...named(
      'changed',
      common.filter((name) => was.get(name) !== is.get(name)),
    ),
    ...named(
      'added',
      [...is.keys()].filter((name) => !was.has(name)),
    ),
    ...named(
      'removed',
      [...was.keys()].filter((name) => !is.has(name)),
    ),
    ...(ordered ? [] : ['the order of the patches']),
  ];
}

/**
 * Which inputs differ between two runs of the same series and tree, a few words each: an equal run finds everything in the
 * store, so these are the reasons why another does not. Inputs that only one of the runs had are left out.
 */
export function changedInputs(before: RunFacts, now: RunFacts): string[] {
  const toolchain = [before.inputs?.toolchain, now.inputs?.toolchain];
  const fragments = inBoth(before.inputs?.fragments, now.inputs?.fragments).map(({ name }) => name);
  const suites = [before.inputs?.suites, now.inputs?.suites];
  return [
    ...treeChange(before.tree, now.tree),
    ...inBoth(before.host.versions, now.host.versions)
      .filter(({ name }) => !immaterial.has(name))
      .map(({ name, was, is }) => `${name}: ${was} → ${is}`),
    ...(toolchain.includes(undefined) || toolchain[0] === toolchain[1] ? [] : ['the compiler or its flags']),
    ...patchChange(before.series, now.series),
    ...(fragments.length === 0 ? [] : [`Kconfig fragments of ${fragments.join(', ')}`]),
    ...(suites.includes(undefined) || suites[0] === suites[1] ? [] : ['the suites']),
  ];
}
