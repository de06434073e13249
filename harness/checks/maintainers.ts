import type { CheckFinding } from '../model/index.ts';

function addresses(text: string): string[] {
  return [...text.matchAll(/[\w.+-]+@[\w.-]+\w/g)].map(([address]) => address.toLowerCase());
}

/** Whom a mail and its message name in any way: To, Cc, and every tag. @param patch the patch as a mail, its diff left out */
export function namedIn(patch: string): Set<string> {
  const head = patch.split(/^(?:---|diff --git )/m)[0] ?? '';
  return new Set(addresses(head));
}

/**
 * Maintainers and lists that get_maintainer.pl names and the mail does not.
 *
 * @param output lines such as `A B <a@b> (maintainer:THING)`
 */
export function checkMaintainers(output: string, named: ReadonlySet<string>): CheckFinding[] {
  return output.split('\n').flatMap((line): CheckFinding[] => {
    const role = /\(([^()]*)\)\s*$/.exec(line)?.[1] ?? '';
    const [address] = addresses(line);
    if (
      address === undefined ||
      named.has(address) ||
      !/^(?:supporter|maintainer|reviewer|open list|moderated list)/.test(role)
    )
      return [];
    return [{ text: `not in Cc: ${line.trim()}`, severity: 'warning' }];
  });
}
