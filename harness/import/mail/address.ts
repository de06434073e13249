import type { Address } from '../text/types.ts';

/** Archives write `name at host.org` to keep robots away. */
export function plainAddress(text: string): string {
  return text.replace(/\b([\w.+-]+) at ((?:[\w-]+\.)+[a-z]{2,})\b/gi, '$1@$2');
}

const bare = /[^\s<>()"',;]+@[^\s<>()"',;]+/;

/**
 * Reads the first address of a header or trailer: `Name <a@b>`, `a@b (Name)`, `Name a@b`, `a@b`. Undefined where there is
 * no address in it.
 */
export function parseAddress(given: string): Address | undefined {
  const text = plainAddress(given.trim());
  const angle = /^(.*?)<\s*([^<>\s]+@[^<>\s]+)\s*>/.exec(text);
  if (angle?.[2] !== undefined) return { name: cleanName(angle[1] ?? ''), email: angle[2] };
  const email = bare.exec(text)?.[0];
  if (email === undefined) return undefined;
  const comment = /\(([^()]*(?:\([^()]*\)[^()]*)*)\)/.exec(text)?.[1] ?? '';
  const before = text.slice(0, text.indexOf(email));
  return { name: cleanName(comment.includes('@') || comment === '' ? before : comment), email };
}

function cleanName(text: string): string {
  const trimmed = text.trim().replace(/^[,;]+|[,;<(]+$/g, '');
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(trimmed)?.[1];
  return (quoted === undefined ? trimmed : quoted.replace(/\\(.)/g, '$1')).trim();
}

/** An address for a header line, its name quoted where the mail syntax asks for it. */
export function formatAddress({ name, email }: Address): string {
  if (name === '') return email;
  const quoted = /[()<>@,;:\\".[\]]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;
  return `${quoted} <${email}>`;
}
