import type { Subject } from '../text/types.ts';

/**
 * Takes a subject line apart. The revision comes from the brackets (`[PATCH v3 4/10]`), else from the title's own mark,
 * `(V11)` or `(v11)`.
 */
export function parseSubject(line: string): Subject {
  let rest = line.replace(/\s+/g, ' ').trim();
  let reply = false;
  let version: number | undefined;
  let index: number | undefined;
  let total: number | undefined;
  for (;;) {
    const mark = /^(re|aw|antw|sv|fwd?)(\[\d+\])?\s*:\s*/i.exec(rest);
    if (mark !== null) {
      reply ||= !/^fw/i.test(mark[0]);
      rest = rest.slice(mark[0].length);
      continue;
    }
    const bracket = /^\[([^[\]]*)\]\s*/.exec(rest);
    if (bracket === null) break;
    const inside = bracket[1] ?? '';
    const number = /(?:^|\s)(\d+)\s*(?:\/|of)\s*(\d+)(?=\s|$)/i.exec(inside);
    if (number !== null && index === undefined) [index, total] = [Number(number[1]), Number(number[2])];
    version ??= toNumber(/(?:^|\s|PATCH)v(\d+)(?:\.\d+)?(?=\s|$)/i.exec(inside)?.[1]);
    rest = rest.slice(bracket[0].length);
  }
  version ??= toNumber(/\(v(\d+)\)/i.exec(rest)?.[1]);
  return {
    title: rest.trim(),
    reply,
    version: version ?? 1,
    ...(index === undefined || total === undefined ? {} : { index, total }),
  };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** A title without what changes between two revisions of the same patch. */
export function titleKey(title: string): string {
  return title
    .toLowerCase()
    .replace(/\(v\d+\)/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** `3/10`, `v3 3/10`, or the title where there is no numbering. */
export function describeSubject({ version, index, total, title }: Subject): string {
  const number = index === undefined || total === undefined ? '' : `${index}/${total}`;
  return [version > 1 ? `v${version}` : '', number, number === '' ? `"${title}"` : ''].filter(Boolean).join(' ');
}
