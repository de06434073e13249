import { solveByCounts, wrongCounts } from '../diff/counts.ts';
import { type AlignedLine, itemsOf, literalLine, type WorkHunk } from '../diff/hunk.ts';
import { tellUnread } from '../diff/left-over.ts';
import type { RawHunk } from '../diff/raw.ts';
import { blankEnd } from '../diff/stripped.ts';
import { mendWords, type WordList } from '../diff/words.ts';
import { hidesAddress } from '../mail/address.ts';
import { codeLosesAddress } from '../mail/hidden.ts';
import { counted } from '../text/bytes.ts';
import type { Bytes, Findings, MailMessage, Remark } from '../text/types.ts';
import { type Alignment, alignHunk, expectedStart, type KeyedFile, keyFile, keyOf } from './align.ts';
import { restoreIndentation } from './indent.ts';
import type { NamedFile } from './name-files.ts';
import { applyHunks, hasId, type PatchedTree, placeExactly } from './patched.ts';
import { proveByBlob, removesAnother } from './prove.ts';

/** What the recovery of a patch's files shares. */
export interface Recovery {
  readonly message: MailMessage;
  readonly tree: PatchedTree | undefined;
  /** Words of the patch. */
  readonly words: WordList;
  /** Added lines show tabs: whatever became of the context, they have theirs. */
  readonly tabsKept: () => boolean;
  /** The source took the spaces at the ends of lines away. */
  readonly stripped: () => boolean;
  readonly said: Findings;
}

/** Recovers what a diff has of one file; without `text` nothing of it could be kept. */
export async function recoverFile(file: NamedFile, recovery: Recovery): Promise<{ text?: Bytes; whole: boolean }> {
  const { tree, said } = recovery;
  const path = file.names.old ?? file.names.new ?? '';
  const clean = asItStands(file, recovery);
  if (clean !== undefined) return { text: clean, whole: true };
  const lines = await linesOf(file, tree);
  let keyed: KeyedFile | undefined;
  const compare = (): KeyedFile | undefined => (keyed ??= lines === undefined ? undefined : keyFile(path, lines));
  const found: WorkHunk[] = [];
  const tally = { emptied: 0, aligned: 0, remarked: 0, decoded: false, dropped: 0 };
  let whole = true;
  let offset = 0;
  for (const hunk of file.hunks) {
    const { stripped } = recovery;
    const solved = solve(hunk, { lines, compare, offset, said, tally, mangled: recovery.message.mangled, stripped });
    if (solved === undefined) {
      whole = false;
      explainLoss(said, path, tree, lines === undefined && file.names.old !== undefined);
      continue;
    }
    if (solved.start !== undefined) offset = solved.start - expectedStart(hunk);
    found.push(solved);
    const unread = tellUnread(hunk.body, solved.lines.at(-1)?.source ?? 0);
    said.problems.push(...unread);
    whole &&= unread.length === 0;
  }
  if (file.hunks.length > 0 && found.length === 0) return { whole };
  tellTally(tally, path, found[0]?.hunk.header.number ?? recovery.message.line, said);
  const { hunks: mended, wrong } = mendAdded(file, found, lines, recovery);
  whole &&= !wrong;
  remember(file, mended, lines, whole, recovery);
  if (mended.some(({ start }) => start === undefined) && lines !== undefined && whole)
    noteForeign(file, mended, lines, said);
  const body = mended.flatMap(({ hunk, lines: texts }) => [
    hunk.header.text,
    ...texts.map(({ kind, text }) => kind + text),
  ]);
  return { text: `${[...file.header, ...body].join('\n')}\n`, whole };
}

/** The text of a file whose hunks are whole, where there is nothing to compare it with: the common case of a long series. */
function asItStands(file: NamedFile, { message, tree }: Recovery): Bytes | undefined {
  if (tree !== undefined || message.mangled || message.hidesAddresses) return undefined;
  // A new file, and one that is removed, shows by its blob id whether it is whole.
  if ((file.names.old === undefined || file.names.new === undefined) && !message.exact) return undefined;
  if (!file.hunks.every(({ literal, body }) => literal && body.every(({ text }) => text !== ''))) return undefined;
  const out = [...file.header];
  for (const { header, body } of file.hunks) {
    out.push(header.text);
    for (const { text } of body) out.push(text);
  }
  return `${out.join('\n')}\n`;
}

/** The file before the patch; a new file is empty. */
async function linesOf(file: NamedFile, tree: PatchedTree | undefined): Promise<readonly Bytes[] | undefined> {
  if (file.names.old === undefined) return [''];
  if (tree === undefined) return undefined;
  if (tree.lostBy(file.names.old) !== undefined) return undefined;
  return tree.lines(file.names.old);
}

/** What was mended in a file's hunks, told once for all. */
interface Tally {
  /** Empty context lines that had lost the space in front. */
  emptied: number;
  /** Old lines that were taken from the tree. */
  aligned: number;
  /** Lines of context that the source marks as added. */
  remarked: number;
  /** Some of them differed in more than white space. */
  decoded: boolean;
  /** Blank lines that are none of the file's. */
  dropped: number;
}

function tellTally(
  { emptied, aligned, remarked, decoded, dropped }: Tally,
  path: string,
  line: number,
  said: Findings,
): void {
  const tell = (text: string): void => {
    said.repairs.push({ line, text: `${path}: ${text}` });
  };
  const how = decoded ? 'white space and decoded references' : 'white space only';
  if (aligned > 0) tell(`${counted(aligned, 'context or removed line')} taken from the tree, which differed in ${how}`);
  if (remarked > 0)
    tell(`${counted(remarked, 'line')} marked as added, but context by the counts of the hunk and by the tree`);
  if (emptied > 0) tell(`the space put back in ${counted(emptied, 'empty line')} of context`);
  if (dropped > 0) tell(`${counted(dropped, 'blank line')} between the lines of hunks taken out`);
}

interface Solving {
  readonly lines: readonly Bytes[] | undefined;
  readonly compare: () => KeyedFile | undefined;
  readonly offset: number;
  readonly said: Findings;
  readonly tally: Tally;
  readonly mangled: boolean;
  readonly stripped: () => boolean;
}

function solve(hunk: RawHunk, solving: Solving): WorkHunk | undefined {
  const { lines: file, said, tally, offset } = solving;
  const place = (lines: readonly AlignedLine[]): { start?: number } => {
    const start = file === undefined ? undefined : placeExactly(lines, file, expectedStart(hunk) + offset);
    return start === undefined ? {} : { start };
  };
  const asItIs = (): WorkHunk | undefined => {
    const lines = literalLines(hunk);
    // The blank line below a patch that lost its last line of context counts as well as that one.
    if (place(lines).start === undefined && blankEnd(hunk.body) > 0 && !solving.stripped()) {
      said.problems.push(wrongCounts(hunk, itemsOf(hunk.body)));
      return undefined;
    }
    tally.emptied += lines.filter(({ raw }) => raw === '').length;
    return { hunk, lines, mended: false, ...place(lines) };
  };
  if (hunk.literal && (file === undefined || place(literalLines(hunk)).start !== undefined)) return asItIs();
  const keyed = solving.compare();
  const aligned = keyed === undefined ? undefined : alignHunk(hunk, keyed, offset);
  if (aligned !== undefined && 'ok' in aligned) return withTreeBytes(hunk, aligned.ok, tally);
  // Without the tree's word an empty line need not be one of context, and with it the counts prove nothing.
  const doubtful = hunk.body.some(({ text }) => text === '') && solving.mangled;
  if (hunk.literal && (aligned === undefined || !doubtful)) return asItIs();
  if (aligned !== undefined) {
    said.problems.push(aligned.problem);
    return undefined;
  }
  const counted = solveByCounts(hunk, solving.stripped);
  if ('problem' in counted) {
    said.problems.push(counted.problem);
    return undefined;
  }
  const { emptied, dropped } = counted.ok;
  tally.emptied += emptied;
  tally.dropped += dropped;
  const lines = counted.ok.lines.map((line) => ({ ...line, raw: line.kind + line.text, marked: true }));
  return { hunk, lines, mended: false, ...place(lines) };
}

function literalLines(hunk: RawHunk): AlignedLine[] {
  return hunk.body.map((line) => ({ ...literalLine(line), raw: line.text, marked: true }));
}

function withTreeBytes(hunk: RawHunk, { lines, start, dropped }: Alignment, tally: Tally): WorkHunk {
  const differing = lines.filter(({ kind, text, raw }) => (kind === ' ' || kind === '-') && raw !== kind + text);
  const remarked = differing.filter(({ kind, raw }) => kind === ' ' && raw.startsWith('+')).length;
  const coded = /[\u0080-\u00ff]|&\w+;/;
  tally.aligned += differing.length - remarked;
  tally.remarked += remarked;
  tally.decoded ||= differing.some(({ text, raw }) => coded.test(raw) && keyOf(text) !== raw.replace(/\s+/g, ''));
  tally.dropped += dropped;
  return { hunk, lines, start, mended: differing.length > 0 };
}

/**
 * Tabs, references and, where an `index` line proves it, everything else about the added lines of a file; `wrong` when
 * that line says that the result is not what the author had.
 */
function mendAdded(
  file: NamedFile,
  hunks: readonly WorkHunk[],
  lines: readonly Bytes[] | undefined,
  { message, words, tabsKept, said }: Recovery,
): { readonly hunks: readonly WorkHunk[]; readonly wrong: boolean } {
  const at = file.hunks[0]?.header.number ?? message.line;
  const path = file.names.new ?? file.names.old ?? '';
  const doubtful = message.mangled || message.hidesAddresses === true || hunks.some(({ mended }) => mended);
  const indented = doubtful && !tabsKept() ? restoreIndentation(hunks.map((one) => one.lines)) : undefined;
  const tabbed = hunks.map((one, index) => ({ ...one, lines: indented?.hunks[index] ?? one.lines }));
  const mended = doubtful ? mendWords(tabbed, words, lines ?? []) : undefined;
  const best = mended?.hunks ?? tabbed;
  const proof = lines === undefined ? undefined : proveByBlob(file, best, hunks, lines, doubtful);
  if (proof?.hunks === hunks) return { hunks, wrong: false };
  const id = file.names.blobs?.new.slice(0, 12) ?? '';
  if (proof?.hunks !== undefined) {
    const what = 'added lines got their tabs and addresses back';
    said.repairs.push({ line: at, text: `${path}: ${what}, proven by the blob id ${id} of the index line` });
    return { hunks: proof.hunks, wrong: false };
  }
  if (removesAnother(file, best)) {
    const old = file.names.blobs?.old.slice(0, 12) ?? '';
    const text = `${path}: the file that is removed is not the one that the index line names (${old}): its lines differ, or some were lost`;
    said.problems.push({ line: at, text });
    return { hunks: best, wrong: true };
  }
  const wrong = proof?.differs === true;
  if (wrong) {
    const why = doubtful
      ? 'white space or addresses of added lines differ, or lines were lost'
      : 'the diff was edited or lost bytes; where it was edited, take the index line out';
    const text = `${path}: the result is not the file that the index line names (${id}): ${why}`;
    said.problems.push({ line: at, text });
  }
  if (!doubtful) return { hunks, wrong };
  said.repairs.push(...(mended?.repairs ?? []));
  said.problems.push(...(mended?.problems ?? []));
  if (indented !== undefined && indented.changed > 0) {
    const text = `${path}: tabs of ${counted(indented.changed, 'added line')} put back as the lines around have them`;
    said.repairs.push({ line: at, text });
  }
  said.problems.push(...hiddenAddresses(best, lines === undefined, message.hidesAddresses === true));
  return { hunks: best, wrong };
}

/** Addresses as the archive hides them, in lines that nothing proves: added ones, without a tree all. */
function hiddenAddresses(hunks: readonly WorkHunk[], all: boolean, spelled: boolean): Remark[] {
  return hunks.flatMap(({ lines }) =>
    lines.flatMap(({ kind, text, source }) =>
      (all || kind === '+') && ((spelled && hidesAddress(text)) || codeLosesAddress(text))
        ? [
            {
              line: source,
              text: `"${text.trim()}" seems to hold an address that the page hides; ${all ? 'a tree (--tree) would give it back' : 'no blob id proves it'}`,
            },
          ]
        : [],
    ),
  );
}

function remember(
  file: NamedFile,
  hunks: readonly WorkHunk[],
  lines: readonly Bytes[] | undefined,
  whole: boolean,
  { message, tree }: Recovery,
): void {
  if (tree === undefined) return;
  const { old, new: next } = file.names;
  const placed = hunks.flatMap(({ lines: texts, start }) => (start === undefined ? [] : [{ lines: texts, start }]));
  const result = lines === undefined || !whole || placed.length < hunks.length ? undefined : applyHunks(lines, placed);
  if (result === undefined) {
    for (const path of [old, next]) if (path !== undefined) tree.lose(path, message.subject.title);
    return;
  }
  if (old !== undefined && old !== next && !file.copied) tree.set(old, undefined);
  if (next !== undefined) tree.set(next, result);
}

function explainLoss(said: Findings, path: string, tree: PatchedTree | undefined, absent: boolean): void {
  const last = said.problems.at(-1);
  if (tree === undefined || !absent || last === undefined) return;
  const by = tree.lostBy(path);
  const why = by === undefined ? `the tree has no ${path}` : `what ${path} holds is not known after the patch "${by}"`;
  if (last.text.includes(why)) return;
  said.problems[said.problems.length - 1] = { ...last, text: `${last.text} (${why})` };
}

function noteForeign(file: NamedFile, hunks: readonly WorkHunk[], lines: readonly Bytes[], said: Findings): void {
  const lost = hunks.find(({ start }) => start === undefined);
  if (lost === undefined) return;
  const path = file.names.old ?? '';
  const { blobs } = file.names;
  const other =
    blobs !== undefined && !hasId(lines, blobs.old)
      ? `: it was made on another version of the file, blob ${blobs.old}`
      : '';
  said.notes.push({ line: lost.hunk.header.number, text: `the hunk does not fit ${path} of the tree${other}` });
}
