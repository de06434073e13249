import path from 'node:path';
import { type QuiltLayer, type TreeRecipe, type TreeSource, UserError } from '../model/index.ts';

/** What `--tree` says: which named tree, and where it comes from instead (undefined: from where its recipe says). */
export interface TreeOverride {
  readonly name: string;
  readonly source?: OverrideSource;
}

type OverrideSource =
  | { readonly kind: 'git'; readonly place: string; readonly ref: string }
  | { readonly kind: 'directory'; readonly place: string }
  | { readonly kind: 'tarball'; readonly place: string };

const forms = `one of:
NAME                 the tree as the project file makes it
NAME=git:PATH#REF    a commit of a repository (path or url)
NAME=dir:PATH        a directory with kernel source
NAME=tar:PATH        a tarball (path or url; xz, bz2, gz, zst)`;

/** Reads the value of `--tree`. Throws UserError that lists the forms. */
export function parseOverride(text: string): TreeOverride {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!/^[A-Za-z0-9][\w.+-]*$/.test(name)) {
    throw new UserError(
      `--tree ${text}: ${name === '' ? 'the name of the tree is missing' : `${name} is not a name`}`,
      { code: 'QB-USAGE', hint: forms },
    );
  }
  if (equals < 0) return { name };
  const [, kind, place] = /^(git|dir|tar):(.*)$/s.exec(text.slice(equals + 1)) ?? [];
  if (kind === undefined || place === undefined) {
    throw new UserError(`--tree ${text}: expected git:, dir: or tar: after ${name}=`, {
      code: 'QB-USAGE',
      hint: forms,
    });
  }
  if (kind === 'git') {
    const hash = place.lastIndexOf('#');
    const ref = hash < 0 ? '' : place.slice(hash + 1);
    const repository = hash < 0 ? place : place.slice(0, hash);
    if (ref === '' || repository === '' || ref.startsWith('-')) {
      throw new UserError(`--tree ${text}: expected a repository and a ref, as in ${name}=git:PATH#v6.1`, {
        code: 'QB-USAGE',
        hint: forms,
      });
    }
    return { name, source: { kind: 'git', place: repository, ref } };
  }
  if (place === '') throw new UserError(`--tree ${text}: the path is missing`, { code: 'QB-USAGE', hint: forms });
  return { name, source: { kind: kind === 'dir' ? 'directory' : 'tarball', place } };
}

/**
 * The recipe with its source replaced. What its recipe puts on top (incremental patches, a quilt layer) leads to the
 * source that the recipe has, so it is left out; the project's own queue for the toolchain stays.
 * Relative paths start at `cwd`.
 */
export function applyOverride(recipe: TreeRecipe, override: TreeOverride, cwd: string): TreeRecipe {
  if (override.source === undefined) return recipe;
  const replaced: { quilt?: QuiltLayer } & TreeRecipe = {
    ...recipe,
    patches: [],
    source: sourceOf(override.source, cwd),
  };
  delete replaced.quilt;
  return replaced;
}

function sourceOf(source: OverrideSource, cwd: string): TreeSource {
  const place = isUrl(source.place) ? source.place : path.resolve(cwd, source.place);
  if (source.kind === 'git') return { kind: 'git', url: place, ref: source.ref };
  if (source.kind === 'directory') return { kind: 'directory', path: place };
  return { kind: 'tarball', file: { urls: [place] } };
}

/** Whether a place is a url (or git's `host:path`) rather than a path. */
export function isUrl(place: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place) || /^[\w.-]+@[\w.-]+:/.test(place);
}
