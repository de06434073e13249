import type { PlacedRemark } from '../../model/index.ts';
import type { Address, MailMessage } from '../text/types.ts';
import { parseAddress } from './address.ts';
import { Threads } from './thread.ts';

/** Trailers that answers to a series give its patches. */
export interface ReplyTrailers {
  readonly of: ReadonlyMap<MailMessage, readonly string[]>;
  readonly notes: readonly PlacedRemark[];
}

const given = /^\s*((?:[A-Za-z]+-)+by):[ \t]*(\S.*)$/i;

/** What an answer says, but a patch does not carry: a refusal, and what only who passes a patch on may add. */
const notGiven = /^(?:nack|nak|signed-off|co-developed|sent|posted|written|wrote)/i;

/**
 * Collects `Reviewed-by:` and the like from answers; one to the cover letter counts for every patch. A trailer that
 * somebody gives in another one's name is told and left out; another address of the same name is the same person.
 */
export function collectTrailers(
  messages: readonly MailMessage[],
  patches: readonly MailMessage[],
  cover: MailMessage | undefined,
): ReplyTrailers {
  const threads = new Threads(messages);
  const byId = new Map<string, readonly MailMessage[]>();
  for (const patch of patches) if (patch.messageId !== undefined) byId.set(patch.messageId, [patch]);
  if (cover?.messageId !== undefined) byId.set(cover.messageId, patches);
  const of = new Map<MailMessage, string[]>();
  const notes: PlacedRemark[] = [];
  for (const reply of messages) {
    if (reply.messageId !== undefined && byId.has(reply.messageId)) continue;
    const target = answeredId(reply, threads, byId);
    if (target === undefined) continue;
    for (const { whole, who } of givenIn(reply.text)) {
      if (isOther(who, reply.sender)) {
        const text = `"${whole}" left out: ${reply.sender?.email ?? ''} wrote it`;
        notes.push({ source: reply.source, line: reply.line, text });
        continue;
      }
      for (const patch of byId.get(target) ?? []) of.set(patch, [...(of.get(patch) ?? []), whole]);
    }
  }
  return { of, notes };
}

/** The patch or cover letter that a message answers, or that the message which it answers does. */
function answeredId(
  reply: MailMessage,
  threads: Threads,
  byId: ReadonlyMap<string, readonly MailMessage[]>,
): string | undefined {
  for (const one of [reply, ...threads.above(reply)]) {
    const found = one.references.findLast((id) => byId.has(id));
    const direct = one.references.at(-1);
    if (direct !== undefined && byId.has(direct)) return direct;
    // The one between is not there, so that the nearest id that is known must do.
    if (found !== undefined && threads.parent(one) === undefined) return found;
  }
  return reply.references.findLast((id) => byId.has(id));
}

/** The trailers of a text, up to its signature, as a patch carries them. */
function givenIn(text: string): { readonly whole: string; readonly who: Address }[] {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => /^-- ?\r?$/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).flatMap((line, at) => {
    const [, name = '', first = ''] = given.exec(line.trimEnd()) ?? [];
    if (name === '' || notGiven.test(name)) return [];
    // A long name pushes the address into the next line.
    const next = first.includes('@') ? '' : (/^\s*(<[^<>\s]+@[^<>\s]+>)\s*$/.exec(lines[at + 1] ?? '')?.[1] ?? '');
    const value = `${first}${next === '' ? '' : ` ${next}`}`.replace(/<?mailto:[^<>]*>(?=>)|<mailto:[^<>]*>/g, '');
    const who = parseAddress(value);
    if (who === undefined) return [];
    const tag = `${name[0]?.toUpperCase() ?? ''}${name.slice(1).toLowerCase()}`;
    return [{ whole: `${tag}: ${value.trim()}`, who }];
  });
}

function isOther(who: Address, sender: Address | undefined): boolean {
  if (sender === undefined || who.email.toLowerCase() === sender.email.toLowerCase()) return false;
  const [one, other] = [nameKey(who.name), nameKey(sender.name)];
  return one === '' || one !== other;
}

/** A name without case, order, quotes and what a list adds to it: `"Doe, Jane" via list` is Jane Doe. */
function nameKey(name: string): string {
  const plain = name.replace(/\s+via\s.*$/i, '').replace(/\([^()]*\)/g, '');
  return (plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).toSorted().join(' ');
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
