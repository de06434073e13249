import { inflateSync } from 'node:zlib';
import { isBlob } from '../text/blob.ts';
import type { Bytes, TextLine } from '../text/types.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
const values = new Map(Array.from(alphabet, (char, value) => [char, value]));
const part = /^(?:literal|delta) (\d+)\s*$/;
const dataLine = /^[A-Za-z][0-9A-Za-z!#$%&()*+\-;<=>?@^_`{|}~]+$/;

/** More than this no patch holds in one file. */
const largestBytes = 256 * 2 ** 20;

/** Index of the first line after a binary patch that begins at `at`: its parts, and the empty line after each. */
export function binaryEnd(lines: readonly TextLine[], at: number): number {
  let next = at + 1;
  while (part.test(lines[next]?.text ?? '')) {
    next++;
    while (dataLine.test(lines[next]?.text ?? '')) next++;
    if (lines[next]?.text.trim() === '') next++;
  }
  return next;
}

/**
 * Why a binary patch can't be taken; undefined where it is whole.
 *
 * @param blob the id that its result is said to have
 */
export function binaryProblem(lines: readonly TextLine[], blob?: string): string | undefined {
  let data: Bytes[] | undefined;
  let size = 0;
  let parts = 0;
  let literal = false;
  const check = (): string | undefined =>
    data === undefined ? undefined : partProblem(data, size, parts === 1 && literal ? blob : undefined);
  for (const { text } of lines.slice(1)) {
    const begin = part.exec(text);
    if (begin === null) {
      if (text.trim() !== '') data?.push(text);
      continue;
    }
    const problem = check();
    if (problem !== undefined) return problem;
    [data, size] = [[], Number(begin[1])];
    parts++;
    literal = text.startsWith('literal');
  }
  if (parts === 0) return 'the binary patch holds no data';
  return check();
}

function partProblem(lines: readonly Bytes[], size: number, blob: string | undefined): string | undefined {
  const broken = `the data of the binary patch is damaged: ${size} bytes are announced`;
  if (size > largestBytes) return `${broken}, more than ${largestBytes / 2 ** 20} MiB`;
  const chunks: Buffer[] = [];
  for (const line of lines) {
    const chunk = decodeLine(line);
    if (chunk === undefined) return `${broken}, and the line "${line.slice(0, 20)}..." is not whole`;
    chunks.push(chunk);
  }
  try {
    const content = inflateSync(Buffer.concat(chunks), { maxOutputLength: Math.max(1, size) });
    if (content.length !== size) return `${broken}, ${content.length} are there`;
    if (blob === undefined || isBlob(content, blob)) return undefined;
    return `the data of the binary patch is not the file that the index line names (${blob.slice(0, 12)})`;
  } catch {
    return `${broken}, and they do not unpack`;
  }
}

/** A line says its length in its first letter; five characters give four bytes. */
function decodeLine(line: Bytes): Buffer | undefined {
  const first = line.charCodeAt(0);
  const length = first <= 90 ? first - 64 : first - 70;
  if (line.length !== 1 + Math.ceil(length / 4) * 5) return undefined;
  const out = Buffer.alloc(Math.ceil(length / 4) * 4);
  for (let at = 1, to = 0; at < line.length; at += 5, to += 4) {
    let word = 0;
    for (const char of line.slice(at, at + 5)) word = word * 85 + (values.get(char) ?? 0);
    if (word > 0xffffffff) return undefined;
    out.writeUInt32BE(word, to);
  }
  return out.subarray(0, length);
}
