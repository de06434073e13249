import type { MailMessage } from '../text/types.ts';
import { DisjointSets } from './sets.ts';

/** How the messages of the sources answer each other. */
export class Threads {
  private readonly byId = new Map<string, MailMessage>();
  private readonly sets = new DisjointSets<string | MailMessage>();
  private readonly numbered = new Map<MailMessage, MailMessage | undefined>();

  constructor(messages: readonly MailMessage[]) {
    for (const message of messages) {
      const { messageId, references, carrier } = message;
      // Of two copies of a mail the first one is answered as well as the second.
      if (messageId !== undefined && !this.byId.has(messageId)) this.byId.set(messageId, message);
      for (const id of [messageId, carrier, ...references])
        if (id !== undefined) this.sets.join(messageId ?? carrier ?? references[0] ?? message, id);
    }
  }

  /** Whether two messages hang together, by whatever ids, also of mails that are not there. */
  thread(message: MailMessage): string | MailMessage {
    const { messageId, carrier, references } = message;
    return this.sets.find(messageId ?? carrier ?? references[0] ?? message);
  }

  /** The nearest message above this one that is there. */
  parent(message: MailMessage): MailMessage | undefined {
    for (const id of message.references.toReversed()) {
      const found = this.byId.get(id);
      if (found !== undefined && found !== message) return found;
    }
    return undefined;
  }

  /** The messages above this one, the nearest first. */
  *above(message: MailMessage): Generator<MailMessage> {
    const seen = new Set([message]);
    for (let up = this.parent(message); up !== undefined && !seen.has(up); up = this.parent(up)) {
      seen.add(up);
      yield up;
    }
  }

  /** The nearest numbered message above this one that its own sender did not mean as an answer. */
  numberedAbove(message: MailMessage): MailMessage | undefined {
    if (this.numbered.has(message)) return this.numbered.get(message);
    const path: MailMessage[] = [message];
    let found: MailMessage | undefined;
    for (const up of this.above(message)) {
      if (isPosted(up) && up.subject.index !== undefined) {
        found = up;
        break;
      }
      if (this.numbered.has(up)) {
        found = this.numbered.get(up);
        break;
      }
      path.push(up);
    }
    for (const one of path) this.numbered.set(one, found);
    return found;
  }
}

/** Whether a message was sent as it is by its author, not as an answer and not passed on. */
export function isPosted({ subject }: MailMessage): boolean {
  return !subject.reply && !subject.forward;
}
