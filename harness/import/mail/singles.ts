import { defined, UserError } from '../../model/index.ts';
import type { MailMessage } from '../text/types.ts';
import type { AssembleOptions, Assembly, Said } from './assembly.ts';
import { changeOfMessage } from './change.ts';
import { areStrangers, sentBy } from './people.ts';
import { mailsOf, type Work } from './works.ts';

/** Patches without numbers: each where it stands among the messages, the newest revision of each. */
export function assembleSingles(
  works: readonly Work[],
  messages: readonly MailMessage[],
  { revision }: AssembleOptions,
  said: Said,
): Assembly {
  const chosen = new Set<MailMessage>();
  for (const work of works) {
    const all = mailsOf(work);
    const wanted = revision === undefined ? all : all.filter(({ subject }) => subject.version === revision);
    for (const message of newestOf(wanted, said)) chosen.add(message);
  }
  const patches = messages.filter((message) => chosen.has(message));
  const [first] = patches;
  if (first === undefined) {
    throw new UserError(`no patch in the source is of revision ${revision ?? 1}`, {
      code: 'QB-IMPORT',
      hint: `there is: ${works
        .flatMap(mailsOf)
        .slice(0, 30)
        .map(({ subject }) => `"${subject.title}" (revision ${subject.version})`)
        .join(', ')}`,
    });
  }
  const baseCommit = patches.find((message) => message.baseCommit !== undefined)?.baseCommit;
  return {
    title: first.subject.title,
    patches,
    version: first.subject.version,
    missing: [],
    ...said,
    ...defined({ baseCommit }),
  };
}

/** The newest revision of a patch; the last one of those that were sent again. */
function newestOf(messages: readonly MailMessage[], said: Said): MailMessage[] {
  const version = Math.max(...messages.map(({ subject }) => subject.version));
  const kept: MailMessage[] = [];
  for (const message of messages) {
    if (message.subject.version === version) kept.push(message);
  }
  const taken = lastOfEach(kept);
  const [keep] = taken.toReversed();
  if (keep !== undefined && taken.length > 1) {
    const text = `${taken.length} patches are called "${keep.subject.title}" and each changes something else: all are taken`;
    said.notes.push({ source: keep.source, line: keep.line, text });
  }
  for (const older of messages.filter((message) => !taken.includes(message))) {
    const { source, line, subject } = older;
    const by =
      keep !== undefined && areStrangers({ messages: [keep] }, { messages: [older] }) ? `, by ${sentBy(keep)}` : '';
    const than = keep === undefined ? '' : `${keep.source}:${keep.line}${by}`;
    const newer =
      subject.version < version
        ? `revision ${subject.version} of "${keep?.subject.title ?? ''}", "${subject.title}", left out: revision ${version} (${than}) is taken`
        : `"${subject.title}" is there again (${than}), which is taken`;
    said.notes.push({ source, line, text: newer });
  }
  return taken;
}

/** The last of those that were sent again. Two patches of one title that change something else are two patches. */
function lastOfEach(messages: readonly MailMessage[]): MailMessage[] {
  if (messages.length < 2) return [...messages];
  const byChange = new Map<string, MailMessage>();
  for (const message of messages) byChange.set(changeOfMessage(message), message);
  const last = new Set(byChange.values());
  return messages.filter((message) => last.has(message));
}
