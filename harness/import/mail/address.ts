import type { Address } from '../text/types.ts';

/** How archives write addresses to keep robots away: `name at host.org`, `name () host ! org`, `name_at_host.org`. */
const hidden = [
  /\b([\w.+-]+) at ((?:[\w-]+\.)+[a-z]{2,})\b/gi,
  /\b([\w.+-]+) ?\(\) ?([\w-]+(?: ?! ?[\w-]+)+)/g,
  /\b([A-Za-z0-9.+-]+(?:_[A-Za-z0-9.+-]+)*?)_at_((?:[\w-]+\.)+[a-z]{2,})\b/gi,
] as const;

/** A text with its addresses as people wrote them. */
export function plainAddress(text: string): string {
  return hidden.reduce(
    (plain, form) => plain.replace(form, (_, name: string, host: string) => `${name}@${host.replace(/ ?! ?/g, '.')}`),
    text,
  );
}

/** Every sign that can be a hidden `@`, whatever stands beside it: an archive hides those in code as well. */
export function anyAddress(text: string): string {
  return plainAddress(text)
    .replace(/([\w+,.-])(?: at | ?\(\) ?|_at_)(?=[\w+.-])/g, '$1@')
    .replace(/@[\w-]+(?: ?! ?[\w-]+)+/g, (host) => host.replace(/ ?! ?/g, '.'));
}

/** Whether a text shows an address in one of the forms that keep robots away. */
export function hidesAddress(text: string): boolean {
  return hidden.some((form) => text.search(form) >= 0);
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
