import * as z from 'zod';
import type { DocumentPath, YamlDocument } from './document.ts';

/** What stands in the file, where a number that should be text is the text that was written: `base: 6.10`. */
export function withTexts(document: YamlDocument, schema: z.core.$ZodType): unknown {
  const { value } = document;
  const issues = z.safeParse(schema, value).error?.issues ?? [];
  const wanted = issues.filter((issue) => issue.code === 'invalid_type' && issue.expected === 'string');
  return wanted.reduce((all, issue) => {
    const place = issue.path.filter((key) => typeof key !== 'symbol');
    const text = document.numberText(place);
    return text === undefined ? all : replaced(all, place, text);
  }, value);
}

/** A value with another one at a path in it. */
function replaced(value: unknown, [key, ...rest]: DocumentPath, now: string): unknown {
  if (key === undefined) return now;
  if (Array.isArray(value))
    return value.map((one, index) => (index === key ? replaced(one, rest, now) : (one as unknown)));
  const map = value as Readonly<Record<string, unknown>>;
  return { ...map, [key]: replaced(map[key], rest, now) };
}
