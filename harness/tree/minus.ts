import { defined, type SourceLocation, suggest, UserError } from '../model/index.ts';

/** A quilt layer without the patches in its minus list. Throws UserError for one that the layer does not have. */
export function subtract<T extends { readonly name: string }>(
  entries: readonly T[],
  minus: readonly string[],
  location?: SourceLocation,
): { readonly kept: T[]; readonly left: T[] } {
  const names = new Set(entries.map(({ name }) => name));
  for (const name of minus) {
    if (names.has(name)) continue;
    throw new UserError(`the minus list names the patch ${name}, which is not in the layer`, {
      code: 'QB-QUEUE',
      hint: suggest(name, names),
      ...defined({ location }),
    });
  }
  const without = new Set(minus);
  return {
    kept: entries.filter(({ name }) => !without.has(name)),
    left: entries.filter(({ name }) => without.has(name)),
  };
}
