/** A symbolic link of a tree, and what it says. */
export interface TreeLink {
  readonly path: string;
  readonly target: string;
}

/** As many as the system follows. */
const mostSteps = 40;

/**
 * Links of a tree that lead out of it. Each is followed as the system follows it, component by component, through the
 * other links of the tree: what is inside by its spelling may be outside in truth.
 *
 * @param links all of the tree
 */
export function escapingLinks(links: readonly TreeLink[]): TreeLink[] {
  const targets = new Map(links.map(({ path, target }) => [path, target]));
  return links.filter(({ path }) => leadsOut(path, targets));
}

function leadsOut(start: string, targets: ReadonlyMap<string, string>): boolean {
  const pending = start.split('/');
  const at: string[] = [];
  let steps = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return true;
      continue;
    }
    const target = targets.get([...at, part].join('/'));
    if (target === undefined) {
      at.push(part);
      continue;
    }
    if (target.startsWith('/')) return true;
    steps += 1;
    // A circle leads nowhere.
    if (steps > mostSteps) return false;
    pending.unshift(...target.split('/'));
  }
  return false;
}
