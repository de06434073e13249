import type { CheckFinding } from '../model/index.ts';

const tag = /^([A-Z][a-z]+(?:-[a-z]+)*-by): *(.*)$/;

function person(text: string): { readonly name: string; readonly email: string } | undefined {
  const match = /^"?([^"<]*?)"? *<([^<>\s]+@[^<>\s]+)>/.exec(text.trim());
  return match ? { name: match[1] ?? '', email: (match[2] ?? '').toLowerCase() } : undefined;
}

function finding(text: string): CheckFinding {
  return { text, severity: 'error' };
}

/**
 * The chain of those who vouch for a patch: its author signed it off, every Co-developed-by is followed by the sign-off of
 * the same person, and every tag names somebody.
 *
 * @param message the text of the commit, without its diff
 */
export function checkSignOff(
  message: string,
  author: { readonly name: string; readonly email: string },
): CheckFinding[] {
  const lines = message.split('\n').map((line) => line.trim());
  const tags = lines.flatMap((line) => {
    const match = tag.exec(line);
    return match ? [{ line, name: match[1] ?? '', who: person(match[2] ?? '') }] : [];
  });
  const malformed = tags.filter(({ who }) => who === undefined).map(({ line }) => finding(`names nobody: ${line}`));
  const signed = tags.filter(({ name }) => name === 'Signed-off-by');
  if (signed.length === 0) return [...malformed, finding('there is no Signed-off-by')];
  const same = (one: { readonly name: string; readonly email: string } | undefined): boolean =>
    one !== undefined && (one.email === author.email.toLowerCase() || one.name === author.name);
  const missing = signed.some(({ who }) => same(who))
    ? []
    : [finding(`the author, ${author.name} <${author.email}>, did not sign it off`)];
  const together = tags.flatMap(({ name, who }, index) => {
    if (name !== 'Co-developed-by' || who === undefined) return [];
    const next = tags[index + 1];
    if (next?.name === 'Signed-off-by' && next.who?.email === who.email) return [];
    return [finding(`Co-developed-by ${who.name} is not followed by the same person's Signed-off-by`)];
  });
  const seen = new Set<string>();
  const twice = tags.flatMap(({ line }) => {
    const isKnown = seen.has(line);
    seen.add(line);
    return isKnown ? [{ text: `stands twice: ${line}`, severity: 'warning' as const }] : [];
  });
  return [...malformed, ...missing, ...together, ...twice];
}
