/** Why a path may not stand in a patch; undefined when it may. */
export function pathProblem(name: string): string | undefined {
  const parts = name.split('/');
  if (name.startsWith('/')) return 'is absolute';
  if (parts.includes('..')) return 'leads out of the tree';
  if (parts.includes('.') || parts.includes('')) return 'is not a plain path';
  if (parts.some((part) => /^\.git[ .]*$/i.test(part) || /^git~\d+$/i.test(part)))
    return 'is inside of a .git directory';
  return undefined;
}

/** Whether a symbolic link at `name` with this target stays inside of the tree. */
export function linkStaysInside(name: string, target: string): boolean {
  if (target.startsWith('/')) return false;
  let depth = name.split('/').length - 1;
  for (const part of target.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return false;
  }
  return true;
}
