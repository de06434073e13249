import { orientDiff } from '../diff/orient.ts';
import { type ParsedPatch, parsePatch } from '../diff/parsed.ts';
import { isStripped } from '../diff/stripped.ts';
import { makeWordList } from '../diff/words.ts';
import { type Bytes, type MailMessage, noFindings, type Remark } from '../text/types.ts';
import { checkDiffstat } from './diffstat.ts';
import { tellLostTabs } from './lost-tabs.ts';
import { nameFiles } from './name-files.ts';
import type { PatchedTree } from './patched.ts';
import { recoverFile } from './recover-file.ts';

/** A patch as it goes into the queue. */
export interface RecoveredPatch {
  readonly message: MailMessage;
  readonly diff: Bytes;
  /** Paths that the diff touches. */
  readonly files: readonly string[];
  /** False when a part of it is missing or could not be read. */
  readonly whole: boolean;
  readonly repairs: readonly Remark[];
  readonly notes: readonly Remark[];
  readonly problems: readonly Remark[];
}

/**
 * Turns the diff of a message into one that git can read: hunks get the lines that their headers announce, and with a
 * tree the exact bytes of its lines. What is not certain is left out and told as a problem; no line is ever made up.
 *
 * @param tree the tree with the patches before this one; it gets this patch on top
 */
export async function recover(given: MailMessage | ParsedPatch, tree?: PatchedTree): Promise<RecoveredPatch> {
  const said = noFindings();
  const { message, diff, raw } = 'raw' in given ? given : parsePatch(given);
  const oriented = orientDiff(raw.files, message);
  const named = await nameFiles(oriented.files, message.below, tree);
  const { files } = named;
  const problems = [...raw.problems, ...oriented.problems, ...named.problems];
  said.repairs.push(...oriented.repairs);
  said.notes.push(...oriented.notes);
  said.problems.push(...problems);
  const words = makeWordList(diff);
  const tabsKept = (): boolean => diff.some(({ text }) => /^\+ *\t/.test(text));
  const stripped = memo(() =>
    isStripped(
      diff,
      files.flatMap(({ hunks }) => hunks),
    ),
  );
  const parts: Bytes[] = [];
  const touched = new Set<string>();
  let whole = problems.length === 0;
  for (const file of files) {
    const done = await recoverFile(file, { message, tree, words, tabsKept, stripped, said });
    whole &&= done.whole;
    if (done.text === undefined) continue;
    parts.push(done.text);
    for (const path of [file.names.old, file.names.new]) if (path !== undefined) touched.add(path);
  }
  const tabs = tree === undefined && message.exact !== true ? tellLostTabs(files) : undefined;
  if (tabs !== undefined) said.problems.push(tabs);
  else if (message.mangled && tree === undefined && whole) {
    const line = diff[0]?.number ?? message.line;
    said.notes.push({ line, text: 'white space could not be compared with a tree (--tree)' });
  }
  const missing = whole ? checkDiffstat(message.below, files, message.mangled) : undefined;
  if (missing !== undefined) {
    said.problems.push(missing);
    // A mail's diff is whole as far as it goes, and git would take it.
    whole &&= !message.mangled;
  }
  return { message, diff: parts.join(''), files: [...touched], whole, ...said };
}

/** A question that is asked at most once. */
function memo(ask: () => boolean): () => boolean {
  let known: boolean | undefined;
  return () => (known ??= ask());
}
