import type { Message } from '../text/types.ts';
import { DisjointSets } from './sets.ts';

/** How the messages of the sources answer each other. */
export class Threads {
  private readonly byId = new Map<string, Message>();
  private readonly sets = new DisjointSets<string | Message>();
  private readonly numbered = new Map<Message, Message | undefined>();

  constructor(messages: readonly Message[]) {
    for (const message of messages) {
      const { messageId, references, carrier } = message;
      // Of two copies of a mail the first one is answered as well as the second.
      if (messageId !== undefined && !this.byId.has(messageId)) this.byId.set(messageId, message);
      for (const id of [messageId, carrier, ...references])
        if (id !== undefined) this.sets.join(messageId ?? carrier ?? references[0] ?? message, id);
    }
  }

  /** Whether two messages hang together, by whatever ids, also of mails that are not there. */
  thread(message: Message): string | Message {
    const { messageId, carrier, references } = message;
    return this.sets.find(messageId ?? carrier ?? references[0] ?? message);
  }

  /** The nearest message above this one that is there. */
  parent(message: Message): Message | undefined {
    for (const id of message.references.toReversed()) {
      const found = this.byId.get(id);
      if (found !== undefined && found !== message) return found;
    }
    return undefined;
  }

  /** The messages above this one, the nearest first. */
  *above(message: Message): Generator<Message> {
    const seen = new Set([message]);
    for (let up = this.parent(message); up !== undefined && !seen.has(up); up = this.parent(up)) {
      seen.add(up);
      yield up;
    }
  }

  /** The nearest numbered message above this one that its own sender did not mean as an answer. */
  numberedAbove(message: Message): Message | undefined {
    if (this.numbered.has(message)) return this.numbered.get(message);
    const path: Message[] = [message];
    let found: Message | undefined;
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
export function isPosted({ subject }: Message): boolean {
  return !subject.reply && !subject.forward;
}
