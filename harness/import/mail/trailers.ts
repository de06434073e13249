import type { Message, PlacedRemark } from '../text/types.ts';
import { parseAddress } from './address.ts';

/** Trailers that answers to a series give its patches. */
export interface ReplyTrailers {
  readonly of: ReadonlyMap<Message, readonly string[]>;
  readonly notes: readonly PlacedRemark[];
}

const given = /^((?:[A-Z][a-z]+-)+(?:by|By)):[ \t]*(\S.*)$/;

/**
 * Collects `Reviewed-by:` and the like from answers; one to the cover letter counts for every patch. A trailer that
 * somebody gives in another one's name is told and left out.
 */
export function collectTrailers(
  messages: readonly Message[],
  patches: readonly Message[],
  cover: Message | undefined,
): ReplyTrailers {
  const byId = new Map<string, readonly Message[]>();
  for (const patch of patches) if (patch.messageId !== undefined) byId.set(patch.messageId, [patch]);
  if (cover?.messageId !== undefined) byId.set(cover.messageId, patches);
  const of = new Map<Message, string[]>();
  const notes: PlacedRemark[] = [];
  for (const reply of messages) {
    if (reply.messageId !== undefined && byId.has(reply.messageId)) continue;
    // The last reference is what is answered; an answer to an answer is about the same patch.
    const target = reply.references.findLast((id) => byId.has(id));
    if (target === undefined) continue;
    for (const line of reply.text.split('\n')) {
      const [whole, , who] = given.exec(line.trimEnd()) ?? [];
      const address = parseAddress(who ?? '');
      if (whole === undefined || address === undefined || /^Signed-off-by/i.test(whole)) continue;
      if (reply.sender !== undefined && address.email.toLowerCase() !== reply.sender.email.toLowerCase()) {
        notes.push({
          source: reply.source,
          line: reply.line,
          text: `"${whole}" left out: ${reply.sender.email} wrote it`,
        });
        continue;
      }
      for (const patch of byId.get(target) ?? []) of.set(patch, [...(of.get(patch) ?? []), whole]);
    }
  }
  return { of, notes };
}

const trailer = /^[A-Za-z][\w-]*: \S/;

/** The message with trailers at its end, each once. */
export function withTrailers(text: string, added: readonly string[]): string {
  const present = new Set(text.split('\n').map((line) => line.trim().toLowerCase()));
  const fresh = [...new Set(added)].filter((line) => !present.has(line.trim().toLowerCase()));
  if (fresh.length === 0) return text;
  const body = text.trimEnd();
  const lastParagraph = body.split(/\n\s*\n/).at(-1) ?? '';
  const continues =
    lastParagraph !== '' &&
    lastParagraph.split('\n').every((line) => trailer.test(line) || /^\s/.test(line) || /^\[/.test(line));
  return `${body}${body === '' ? '' : continues ? '\n' : '\n\n'}${fresh.join('\n')}`;
}
