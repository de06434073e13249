import type { ZodType } from 'zod';
import { readText } from './read.ts';

/** What to do about a file of ours that is not what was written. */
export interface WhenBroken {
  /** Takes the sentence that says so. */
  readonly tell: (text: string) => void;
  /** What follows, as the second half of that sentence: `it is made again`. */
  readonly then: string;
}

/**
 * Reads a JSON file of ours that can be made again. Undefined when there is none, and for one that is damaged or of another
 * version, which is told. Throws HostError for one that can't be read.
 */
export async function readKept<T>(file: string, shape: ZodType<T>, { tell, then }: WhenBroken): Promise<T | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  const parsed = shape.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  tell(`${file} is damaged, or of another version; ${then}`);
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
