import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LogString } from './extract.ts';

const rules = z.object({
  rules: z.array(
    z.strictObject({
      class: z.enum(['reported', 'consequence', 'no fault']),
      reason: z.string(),
      in: z.array(z.string()).optional(),
      text: z.string().optional(),
      unless: z.string().optional(),
    }),
  ),
});

export interface Rule {
  readonly class: 'reported' | 'consequence' | 'no fault';
  readonly reason: string;
  fits(file: string, entry: Pick<LogString, 'format'>): boolean;
}

/** Reads the rules of a data file. @throws ZodError where it has another form */
export function readRules(file: string): readonly Rule[] {
  return rules
    .parse(parse(readFileSync(file, 'utf8')))
    .rules.map(({ class: kind, reason, in: places, text, unless }) => {
      const wanted = text === undefined ? undefined : new RegExp(text);
      const spared = unless === undefined ? undefined : new RegExp(unless);
      return {
        class: kind,
        reason,
        fits: (path, { format }) =>
          (places?.some((place) => path.startsWith(place)) ?? true) &&
          (wanted?.test(format) ?? true) &&
          !(spared?.test(format) ?? false),
      };
    });
}
