import path from 'node:path';
import { exists, isDirectory } from '../../host/files/kind.ts';
import { isTar, readArchive, refuseOtherArchives } from '../../host/mail/archive.ts';
import { plainText, readPlainMail } from '../../host/mail/plain.ts';
import { downloadText } from '../../host/mail/remote.ts';
import { isAside, readMailDirectory } from '../../host/mail/source.ts';
import {
  isNumberedFile,
  type Keep,
  type MailMessage,
  packMessage,
  readSource,
  remoteSource,
  type Services,
} from '../../import/index.ts';
import { type PlacedRemark, UserError } from '../../model/index.ts';
import { filesBelow, filesOfArchive } from './patch-files.ts';
import { readQuilt } from './quilt.ts';
import { readRange } from './range.ts';

export interface SourcesRequest extends Services {
  /** As the user gave them. */
  readonly sources: readonly string[];
  /** Relative paths start here. */
  readonly cwd: string;
  /** Where diffs stay until they are needed. */
  readonly keep: Keep;
  readonly signal: AbortSignal;
}

/** What one word holds. */
interface Read {
  readonly messages: readonly MailMessage[];
  /** `mails` are in no order but that of their numbers; `file` is one file, which may be one of a list. */
  readonly kind: 'mails' | 'file' | 'ordered';
  readonly notes?: readonly PlacedRemark[];
  readonly problems?: readonly PlacedRemark[];
  readonly baseCommit?: string;
  readonly messageId?: string;
}

/** All messages of the sources. */
export interface ReadSources {
  readonly messages: readonly MailMessage[];
  /** The patches are in the order in which they are to be applied, whatever their titles say. */
  readonly ordered: boolean;
  readonly notes: readonly PlacedRemark[];
  readonly problems: readonly PlacedRemark[];
  /** The commit on which they were made, where the source itself knows it. */
  readonly baseCommit?: string;
  /** The message that the only source named; it says which series of its thread is meant. */
  readonly messageId?: string;
}

/**
 * Reads files, maildirs, quilt queues, ranges and branches of git repositories, addresses and message ids.
 *
 * Throws UserError for what is not there, HostError for a failed download.
 */
export async function readSources(request: SourcesRequest): Promise<ReadSources> {
  const all: Read[] = [];
  const words = new Set(request.sources);
  for (const word of words) all.push(await readWord(word, request));
  const messages = all.flatMap((read) => read.messages);
  const [only] = all;
  const single = all.length === 1 ? only : undefined;
  return {
    messages,
    ordered: all.some(({ kind }) => kind === 'ordered') || isOrderedList(all),
    notes: [...all.flatMap(({ notes }) => notes ?? []), ...twiceGiven(request.sources)],
    problems: all.flatMap(({ problems }) => problems ?? []),
    ...(single?.baseCommit === undefined ? {} : { baseCommit: single.baseCommit }),
    ...(single?.messageId === undefined ? {} : { messageId: single.messageId }),
  };
}

function twiceGiven(words: readonly string[]): PlacedRemark[] {
  return [...new Set(words.filter((word, at) => words.indexOf(word) < at))].map((source) => ({
    source,
    text: 'given more than once; it is read once',
  }));
}

/** Files with a patch each, which their numbers do not put in order. */
function isOrderedList(all: readonly Read[]): boolean {
  if (all.length < 2 || !all.every(({ kind, messages }) => kind === 'file' && messages.length === 1)) return false;
  const messages = all.flatMap((read) => read.messages);
  return messages.every(({ subject }) => !subject.reply) && !isNumberedFile(messages);
}

async function readWord(word: string, request: SourcesRequest): Promise<Read> {
  const { cwd, signal } = request;
  if (word.startsWith('git:')) return { kind: 'ordered', ...(await readRange(word, request)) };
  const file = path.resolve(cwd, word.replace(/^(?:file:(?:\/\/)?|quilt:|dir:)/, ''));
  if (!/^https?:/.test(word) && (await isDirectory(file))) return readDirectory(file, word, request);
  if (!/^https?:/.test(word) && (await exists(file))) {
    const text = await readPlainMail(file, signal);
    // Who names the list of a queue means the queue.
    if (path.basename(file) === 'series' && !/^(?:From |diff |--- |[\w-]+: )/m.test(text))
      return readDirectory(path.dirname(file), path.dirname(word), request);
    return readFile(word, text, request);
  }
  const remote = remoteSource(word, request);
  if (remote === undefined) {
    throw new UserError(`there is no ${word}`, {
      code: 'QB-IMPORT',
      hint: 'expected an mbox, a mail, a patch, a saved page, a maildir, a quilt queue, git:PATH#A..B, git:PATH#BRANCH, a URL, patchwork:SERIES or a message id',
    });
  }
  const hint = 'check the address in a browser; a message id may need its list in front: linux-mm/ID@HOST';
  const read = await readFile(word, await downloadText(remote.url, hint, signal), request);
  return {
    ...read,
    kind: read.kind === 'file' ? 'mails' : read.kind,
    ...(remote.messageId === undefined ? {} : { messageId: remote.messageId }),
  };
}

/** A file of any kind; an archive is one with a queue, or with mails and patches. */
async function readFile(word: string, text: string, { keep, signal }: SourcesRequest): Promise<Read> {
  const pack = (message: MailMessage): MailMessage => packMessage(message, keep);
  refuseOtherArchives(text, word);
  if (!isTar(text)) return { kind: 'file', messages: readSource(word, text, pack) };
  const files = await readArchive(text, word);
  const series = files.find(({ name }) => path.posix.basename(name) === 'series')?.name;
  if (series !== undefined) {
    const below = series.slice(0, -'series'.length);
    return {
      kind: 'ordered',
      messages: await readQuilt(filesOfArchive(files, below, signal), path.join(word, below), keep),
    };
  }
  const messages: MailMessage[] = [];
  for (const { name, bytes } of files) {
    if (isAside(path.posix.basename(name))) continue;
    messages.push(...readSource(path.join(word, name), await plainText(bytes, name, signal), pack));
  }
  return { kind: 'mails', messages };
}

async function readDirectory(directory: string, word: string, { keep, signal }: SourcesRequest): Promise<Read> {
  // quilt and Debian keep their queue below the source.
  for (const below of ['', 'patches', 'debian/patches']) {
    if (!(await exists(path.join(directory, below, 'series')))) continue;
    const files = filesBelow(path.join(directory, below), signal);
    return { kind: 'ordered', messages: await readQuilt(files, path.join(word, below), keep) };
  }
  const messages: MailMessage[] = [];
  for await (const { name, text } of readMailDirectory(directory, word, signal))
    messages.push(...readSource(name, text, (message) => packMessage(message, keep)));
  return { kind: 'mails', messages };
}
