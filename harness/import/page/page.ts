import { defined } from '../../model/index.ts';
import { namedBaseOf } from '../base/needs.ts';
import { parseDiff } from '../diff/diff.ts';
import { maybeForeign, tellForeign } from '../diff/foreign.ts';
import { isComplete } from '../diff/names.ts';
import type { RawHunk } from '../diff/raw.ts';
import { isFence } from '../diff/structure.ts';
import { hidesAddress, parseAddress } from '../mail/address.ts';
import { diffStart, findDiff, type SplitBody, splitBody, trimBlank } from '../mail/body.ts';
import { hidesTrailer, losesAddress, tellAuthor, tellHidden } from '../mail/hidden.ts';
import { parseSubject } from '../mail/subject.ts';
import { counted, decodeText, isBlank, splitLines, toBytes, withoutCarriageReturns } from '../text/bytes.ts';
import { decodeNamed } from '../text/entities.ts';
import { htmlLines, isHtml } from '../text/html.ts';
import { type Address, type Bytes, type Findings, type MailMessage, noFindings, type TextLine } from '../text/types.ts';
import { listLine, listStart } from './bare-list.ts';
import { logPosts, withHead } from './headed.ts';
import { findMargin, findQuoteMark, singleSpaced, unquoteLines, withoutMargin } from './layout.ts';
import { isRendered, plainSpaces, withoutMark } from './odd-spaces.ts';
import { type PageHead, type PageLine, readAttribution, readPageHead } from './page-head.ts';
import { dedent, paragraphs, plainTrailer } from './page-lines.ts';
import { type ReadPost, tellUnquoted, withoutQuotations } from './quoted-posts.ts';
import { readSite } from './sites.ts';
import { tablePosts } from './table-posts.ts';
import { type Post, threadPosts, withPermalinks } from './thread-page.ts';

/** Without one of these there is no diff in whatever text; most of what is no patch is found out at once. */
const hasPatch = /@@(?: |\u00c2\u00a0|&nbsp;|&#160;)-\d+(?:,\d+)?(?: |\u00c2\u00a0|&nbsp;|&#160;)\+\d|diff --git /;

const nothing = { line: 1, subject: parseSubject(''), references: [], text: '', below: [], diff: [], mangled: false };

/** Reads the text or HTML of an archive page, a forum, a commit page, or a bare patch with or without a description. */
export function readPage(source: string, given: Bytes): MailMessage[] {
  const findings = noFindings();
  const text = withoutColours(given, findings);
  if (!hasPatch.test(text)) {
    if (maybeForeign.test(text)) findings.problems.push(...tellForeign(splitLines(text)));
    return [{ ...nothing, source, findings }];
  }
  const html = isHtml(text);
  if (html) findings.repairs.push({ line: 1, text: 'text taken out of an HTML page' });
  const lines = html ? htmlLines(withPermalinks(text)) : splitLines(text);
  const plain = withoutCarriageReturns(lines);
  if (plain !== undefined) findings.repairs.push({ line: 1, text: 'Windows line ends (CR LF) turned into LF' });
  const bytes = plain ?? lines;
  const shown = (html || isRendered(bytes) ? plainSpaces(bytes, findings) : withoutMark(bytes)).map(withoutLink);
  const posts = threadPosts(shown) ?? logPosts(shown, findings) ?? splitPosts(tablePosts(shown) ?? shown);
  return withoutQuotations(
    posts.map((post, index) => readPost(source, withHead(post), index === 0 ? findings : noFindings(), html)),
  );
}

/** What a program that thinks it writes to a terminal puts around the lines of a diff. */
function withoutColours(text: Bytes, findings: Findings): Bytes {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  if (!/^(?:\u001b\[[\d;]*m)+(?:diff -|@@ -|[+-]{3} )/m.test(text)) return text;
  findings.repairs.push({ line: 1, text: 'colours of a terminal taken out' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the same
  return text.replace(/\u001b\[[\d;]*[mK]/g, '');
}

/** gitweb puts a link behind the lines that tell of a file's mode and blobs. */
function withoutLink(line: TextLine): TextLine {
  const plain =
    /^((?:index [0-9a-f]|(?:new|deleted) file mode |(?:old|new) mode )[^()]*?) \((?:file|blob|tree|symlink|mode: ?\d+)[^()]*\)\s*$/.exec(
      line.text,
    );
  return plain?.[1] === undefined ? line : { ...line, text: plain[1] };
}

/** A page of a forum shows several posts, each with its subject above it. */
function splitPosts(lines: readonly TextLine[]): Post[] {
  const starts: number[] = [];
  for (const [index, { text }] of lines.entries()) {
    if (!/^\s*Subject: /.test(text)) continue;
    const next = lines.slice(index + 1, index + 4).find((line) => !isBlank(line.text));
    if (/^\s*Posted by\b/i.test(next?.text ?? '')) starts.push(index);
  }
  if (starts.length < 2) return [{ lines }];
  return starts.map((start, index) => ({ lines: lines.slice(start, starts[index + 1]) }));
}

function readPost(source: string, post: Post, findings: Findings, html: boolean): ReadPost {
  let { lines } = post;
  const single = singleSpaced(lines);
  if (single !== undefined) {
    findings.repairs.push({
      line: 1,
      text: `${counted(lines.length - single.length, 'blank line')} between lines taken out`,
    });
    lines = single;
  }
  const mark = findQuoteMark(lines);
  const { messageId } = post;
  const read = (message: MailMessage, quoted: boolean): ReadPost => ({
    message: { ...message, ...defined({ messageId }) },
    lines,
    quoted,
  });
  if (mark !== undefined) {
    const quotation = readQuotation(source, lines, mark, findings);
    const subject = post.head?.subject === undefined ? quotation.subject : parseSubject(post.head.subject);
    return read({ ...quotation, subject }, true);
  }
  const margin = findMargin(lines);
  if (margin !== undefined) {
    findings.repairs.push({ line: lines[0]?.number ?? 1, text: `white space in front of every line taken off` });
    lines = withoutMargin(lines, margin);
  }
  // What was HTML has been decoded, once.
  const decoded = html ? lines : decodeReferences(lines, findings);
  const { head, below } = post.head === undefined ? readHead(decoded) : { head: post.head, below: decoded };
  const above = decoded.slice(0, findDiff(decoded));
  // One real address, as in the foot of a list, does not mean that the archive shows those of the patch.
  const real = above.some(({ text }) => /\w@\w+\.\w/.test(text));
  const hides = above.some(({ text }) => hidesTrailer(text) || (!real && hidesAddress(text)));
  const message = finish(source, below, head, findings, html || decoded !== post.lines);
  if (message.diff.length > 0) tellAuthor(above, message.author, findings);
  return read(hides ? { ...message, hidesAddresses: true } : message, false);
}

/**
 * Reads a reply that quotes a patch.
 *
 * @param mark what stands in front of quoted lines
 */
export function readQuotation(
  source: string,
  lines: readonly TextLine[],
  mark: Bytes,
  findings: Findings,
): MailMessage {
  const { quoted, own } = unquoteLines(lines, mark);
  const first = quoted[0]?.number ?? 1;
  const text = `quote mark "${mark.trim()}" taken off ${counted(quoted.length, 'line')}`;
  findings.repairs.push({ line: first, text });
  const page = readPageHead(own.filter(({ number }) => number < first).map(decodeLine), false);
  const after = own.filter(({ number }) => number > first).map(decodeLine);
  let attribution: { readonly author?: Address; readonly date?: string } | undefined;
  const words: PageLine[] = [];
  for (const line of [...page.rest, ...after]) {
    const found = line.number < first ? readAttribution(line.text) : undefined;
    if (found === undefined) words.push(line);
    else attribution = found;
  }
  const who = page.author?.name || page.author?.email;
  for (const note of paragraphs(words)) {
    findings.notes.push({ line: note.line, text: who === undefined ? note.text : `${who}: ${note.text}` });
  }
  findings.problems.push(...tellUnquoted(own));
  const decoded = decodeReferences(withBreaks(quoted, own), findings);
  const head = { ...defined({ subject: page.subject }), ...attribution };
  return finish(source, decoded, head, findings, true);
}

/** Where the replier's words part the quoted message, the paragraph ended: a blank line says so. */
function withBreaks(quoted: readonly TextLine[], own: readonly TextLine[]): readonly TextLine[] {
  const end = findDiff(quoted);
  const spoken = new Set(own.filter(({ text }) => !isBlank(text)).map(({ number }) => number));
  return quoted.flatMap((line, index) => {
    const last = quoted[index - 1]?.number ?? line.number;
    const parted =
      index < end && Array.from({ length: line.number - last - 1 }).some((_, far) => spoken.has(last + 1 + far));
    return parted ? [{ text: '', number: line.number - 1 }, line] : [line];
  });
}

function decodeLine({ text, number }: TextLine): PageLine {
  return { text: decodeText(text), number };
}

/** What stands in code and in mails with `<` and `>` alone. Anything else may be text of the program itself. */
const sourceOfPage = /#[ \t]*include[ \t]*&lt;|[\w)\]]-&gt;\w|&lt;[^\s@&]+@[^\s@&]+&gt;/;

/** Where not one `<` or `>` is left in a diff but `&lt;` is, and where C has none, the page shows its own source. */
function decodeReferences(lines: readonly TextLine[], findings: Findings): readonly TextLine[] {
  const from = lines.findIndex(({ text }) => diffStart.test(text));
  const coded = lines.findIndex(({ text }, index) => index >= from && /&(?:lt|gt);/.test(text));
  if (from < 0 || coded < 0 || !lines.some(({ text }) => sourceOfPage.test(text))) return lines;
  if (lines.slice(from).some(({ text }) => /[<>]/.test(text))) return lines;
  findings.repairs.push({ line: lines[coded]?.number ?? 1, text: 'references such as &lt; decoded' });
  return lines.map((line) => (line.text.includes('&') ? { ...line, text: decodeNamed(line.text) } : line));
}

/** Cells of a table: the name of a field stands on one line, its value on the next. */
function joinLabels(lines: readonly PageLine[]): PageLine[] {
  const out: PageLine[] = [];
  for (const line of lines) {
    const last = out.at(-1);
    if (last !== undefined && /^\s*(?:From|Date|Subject|Author):\s*$/i.test(last.text) && !isBlank(line.text))
      out[out.length - 1] = { ...last, text: `${last.text.trim()} ${line.text.trim()}` };
    else out.push(line);
  }
  return out;
}

/** The head of a page, and what stands below it: message and diff. */
function readHead(lines: readonly TextLine[]): { readonly head: PageHead; readonly below: readonly TextLine[] } {
  const diffAt = findDiff(lines);
  const above = lines.slice(0, diffAt).map(decodeLine);
  const head = readSite(above) ?? readPageHead(joinLabels(above), true);
  const message = head.rest.map(({ text, number }) => ({ text: toBytes(text), number }));
  return { head, below: [...message, ...lines.slice(diffAt)] };
}

function finish(
  source: string,
  lines: readonly TextLine[],
  head: Omit<PageHead, 'rest'>,
  findings: Findings,
  changed: boolean,
): MailMessage {
  const body = certainBody(lines) ?? splitBody(lines);
  const inHead = (name: string): string | undefined => {
    const value = body.inHead.get(name);
    return value === undefined ? undefined : decodeText(value);
  };
  const shown = dedent(body.message.filter(({ text }) => !isFence(text)).map(decodeLine));
  const prose = shown.map(plainTrailer);
  const raw = parseDiff(body.diff);
  const list = listStart(prose, raw.files);
  const text = prose
    .slice(0, list)
    .map((line) => line.text)
    .join('\n')
    .trim();
  const listed = prose.slice(list).map((line) => ({ text: toBytes(listLine(line.text)), number: line.number }));
  const mangled =
    changed ||
    showsSpaces(body.diff) ||
    body.diff.some(({ text: one }) => isFence(one)) ||
    raw.files.some((file) => !isComplete(file) || file.hunks.some(isDoubtful));
  const author = parseAddress(inHead('from') ?? '') ?? nameAuthor(head.author, text);
  const date = inHead('date') ?? head.date;
  const line = lines[0]?.number ?? 1;
  if (body.diff.length > 0) tellHidden(shown.slice(0, list), { author, line }, findings);
  return {
    source,
    line,
    subject: parseSubject(inHead('subject') ?? head.subject ?? source.replace(/^.*\//, '').replace(/\.\w+$/, '')),
    references: [],
    text,
    below: [...listed, ...trimBlank(body.below.filter((line) => !isFence(line.text)))],
    diff: body.diff,
    mangled,
    findings,
    ...defined({ author, date }),
    ...namedBaseOf(lines),
  };
}

/**
 * A text whose every hunk is as its header announces shows what was sent: then its counts say where the diff ends, and
 * what stands above the last rule is description. Undefined for any other text.
 */
function certainBody(lines: readonly TextLine[]): SplitBody | undefined {
  const body = splitBody(lines, true);
  const at = lines.length - body.diff.length;
  const loose = findDiff(lines);
  const described = loose === at || lines.slice(loose, at).some(({ text }) => /^---\s*$/.test(text));
  if (body.diff.length === 0 || !described) return undefined;
  const raw = parseDiff(body.diff, true);
  const sure = raw.files.every((file) => isComplete(file) && !file.hunks.some(isDoubtful));
  if (raw.files.length === 0 || raw.problems.length > 0 || !sure) return undefined;
  return { ...body, diff: body.diff.slice(0, body.diff.length - raw.rest.length) };
}

/** Kernel code without a single tab was copied from where it was shown. */
function showsSpaces(diff: readonly TextLine[]): boolean {
  if (diff.some(({ text }) => text.includes('\t'))) return false;
  const code = diff.some(({ text }) => /^(?:\+\+\+|---) .*(?:\.[chS]|Makefile|Kconfig\w*)$/.test(text));
  return code && diff.some(({ text }) => /^[ +-] {7,}\S|^[ +-].*\S {9,}\S/.test(text));
}

/** Not as its header announces it, or only with empty lines counted as context, which a rendering may have put there. */
function isDoubtful({ literal, body }: RawHunk): boolean {
  return !literal || body.some(({ text }) => text === '');
}

/** Completes a name or an address from the message's own trailers; without either, the first one who signed. */
function nameAuthor(known: Address | undefined, text: string): Address | undefined {
  const signers = [...text.matchAll(/^\s*(?:Signed-off-by|From|Author): *(.+)$/gim)].flatMap(
    ([, who]) => parseAddress(who ?? '') ?? [],
  );
  if (known === undefined) return signers[0];
  const lost = known.email === '' || losesAddress(`<${known.email}>`);
  if (known.name !== '' && !lost) return known;
  const same = signers.find(({ name, email }) => (lost ? name === known.name : email === known.email));
  if (same !== undefined) return same;
  // A forum shows a nickname; a full name is somebody else than the first who signed.
  return known.email === '' && !known.name.includes(' ') ? (signers[0] ?? known) : known;
}
