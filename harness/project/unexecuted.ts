import * as z from 'zod';
import { type AcceptedLines, defined } from '../model/index.ts';
import { parseYaml } from './document.ts';
import { schemaError } from './issues.ts';
import { withTexts } from './texts.ts';

const text = z.string().trim().min(1);

const schema = z.array(
  z.strictObject({
    file: text.describe('Path in the tree'),
    lines: text.describe('Lines that follow each other in it'),
    why: text.describe('Why no case executes them'),
    target: text.optional().describe('On this target alone'),
  }),
);

/**
 * Reads a list of lines that no case has to execute; every complaint is a UserError with file, line and column.
 */
export function parseUnexecuted(content: string, file: string): AcceptedLines[] {
  const document = parseYaml(content, file);
  const parsed = schema.safeParse(withTexts(document, schema));
  if (!parsed.success) throw schemaError(parsed.error, schema, document);
  return parsed.data.map(({ file: path, lines, why, target }, index) => ({
    ...{ file: path, why, ...defined({ target }) },
    lines: lines
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    location: document.locate([index]),
  }));
}
