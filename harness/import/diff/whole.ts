import { counted, isBlank } from '../text/bytes.ts';
import type { Remark, TextLine } from '../text/types.ts';
import { binaryProblem } from './binary.ts';
import { isPlaceholder, namesOf } from './names.ts';
import { isFence, isHeaderLine } from './structure.ts';

interface ReadFile {
  readonly header: readonly TextLine[];
  readonly hunks: readonly unknown[];
  /** Lines of it without a hunk header were told. */
  readonly lost: boolean;
  readonly combined?: TextLine;
}

/** The blob of an empty file, in both of git's hashes. */
const emptyBlob = /^(?:e69de29|473a0f4)/;

/** Lines that change something by themselves, without any hunk. */
const complete = /^(?:old mode |new mode |rename from |rename to |copy from |copy to )/;

/** What is missing of a file, and whether anything of it can be kept. */
export function tellFile(file: ReadFile): { readonly problem?: Remark; readonly keep: boolean } {
  const { header, hunks, combined } = file;
  const names = namesOf(header);
  const name = names?.new ?? names?.old;
  const refuse = (line: TextLine | undefined, text: string): { problem: Remark; keep: boolean } => ({
    problem: { line: line?.number ?? 1, text: name === undefined ? text : `${name}: ${text}` },
    keep: false,
  });
  if (combined !== undefined) {
    return refuse(
      combined,
      'a combined diff (@@@) shows a merge against several parents and is no patch; ask for the commits, or for git show --first-parent',
    );
  }
  const stub = header.find(({ text }) => /^Binary files .* differ\s*$/.test(text));
  if (stub !== undefined && hunks.length === 0) {
    return refuse(
      stub,
      'the diff says that a binary file differs and holds none of its data; ask for git format-patch --binary',
    );
  }
  const binary = header.findIndex(({ text }) => text.startsWith('GIT binary patch'));
  if (binary >= 0) {
    const blob = names?.blobs?.new;
    const problem = binaryProblem(header.slice(binary), blob === undefined || isPlaceholder(blob) ? undefined : blob);
    return problem === undefined ? { keep: true } : refuse(header[binary], problem);
  }
  const lost = headless(header);
  if (hunks.length > 0) return lost === undefined ? { keep: true } : { problem: lost, keep: true };
  if (lost !== undefined) return { problem: lost, keep: false };
  if (file.lost) return { keep: false };
  if (!isNamed(header) && !header.some(({ text }) => text.startsWith('diff --git '))) return { keep: true };
  return isEmptyChange(header) ? { keep: true } : refuse(header.at(-1), 'the header is there, but no hunk after it');
}

/** Whether both names stand in a header: then hunks must follow. */
export function isNamed(header: readonly TextLine[]): boolean {
  return header.some(({ text }) => /^\+\+\+ \S/.test(text));
}

/** A diff's lines in front of which a hunk's header was lost. */
export function tellHeadless(lines: readonly TextLine[]): Remark[] {
  const lost = lines.filter(({ text }) => /^[+ -]/.test(text) && !isBlank(text) && !/^-{2,3}\s*$/.test(text));
  const [first] = lost;
  if (first === undefined) return [];
  const text = `${counted(lost.length, 'line')} of a diff without a hunk header (@@ -a,b +c,d @@) above: it is unclear where in the file they belong`;
  return [{ line: first.number, text }];
}

function headless(header: readonly TextLine[]): Remark | undefined {
  const names = header.findLastIndex(({ text }) => /^\+\+\+ \S/.test(text));
  const named = names >= 0;
  const first = named ? names : header.findIndex(({ text }) => isHeaderLine(text));
  if (first < 0) return undefined;
  const lines = header.slice(first + 1).filter(({ text }) => !isFence(text) && !isHeaderLine(text));
  // Where the names are lost as well, context alone can be the words of a page.
  if (!named && !lines.some(({ text }) => /^[+-](?![+-])\s*\S/.test(text))) return undefined;
  return tellHeadless(lines)[0];
}

/** A change without hunks: of a mode or a name, or an empty file that comes or goes. */
function isEmptyChange(header: readonly TextLine[]): boolean {
  if (isNamed(header)) return false;
  if (header.some(({ text }) => complete.test(text))) return true;
  const index = header
    .map(({ text }) => /^index ([0-9a-f]+)\.\.([0-9a-f]+)/.exec(text))
    .find((match) => match !== null);
  const created = header.some(({ text }) => text.startsWith('new file mode '));
  const deleted = header.some(({ text }) => text.startsWith('deleted file mode '));
  if (!created && !deleted) return false;
  const [, old = '', next = ''] = index ?? [];
  return index == null || emptyBlob.test(created ? next : old);
}
