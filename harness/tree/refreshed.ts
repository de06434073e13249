import { defined, type SourceLocation, suggest, UserError } from '../model/index.ts';

/**
 * A quilt layer with some of its patches taken from elsewhere, each by its name. Throws UserError for one that takes the
 * place of none.
 *
 * @param refreshed absolute paths by name
 */
export function refresh<T extends { readonly name: string; readonly path: string }>(
  entries: readonly T[],
  refreshed: ReadonlyMap<string, string>,
  location?: SourceLocation,
): T[] {
  const names = new Set(entries.map(({ name }) => name));
  for (const [name, path] of refreshed) {
    if (names.has(name)) continue;
    throw new UserError(
      `the refreshed patch ${path} takes the place of none: the layer has no ${name}, or leaves it out`,
      { code: 'QB-QUEUE', hint: suggest(name, names), ...defined({ location }) },
    );
  }
  return entries.map((entry) => ({ ...entry, path: refreshed.get(entry.name) ?? entry.path }));
}
