import { UserError } from '../../model/index.ts';
import type { MailMessage } from '../text/types.ts';

/** Told in full; one of them is the reason most often. */
const told = 10;

/** The mistake of sources that hold no patch, with what was found in its place. */
export function noPatch(messages: readonly MailMessage[], hint: string): UserError {
  const [first] = messages;
  const problems = messages.flatMap(({ source, findings }) => findings.problems.map((one) => ({ source, ...one })));
  const [problem] = problems;
  const places = problems.slice(1, told).map(({ source, line, text }) => `${source}:${line}: ${text}`);
  const place = problem ?? (messages.length === 1 ? first : undefined);
  return new UserError(
    `there is no patch in ${first?.source ?? 'the source'}${problem === undefined ? '' : `: ${problem.text}`}`,
    {
      code: 'QB-NAME',
      ...(place === undefined ? {} : { location: { file: place.source, line: place.line } }),
      hint: [...places, hint].join('\n'),
    },
  );
}
