import { isMap, isScalar, parseDocument } from 'yaml';
import { UserError } from '../../model/index.ts';

export interface NewSeries {
  readonly name: string;
  readonly base: string;
  /** Relative to the project file. */
  readonly queue: string;
}

/** The lines to put into a project file for a series. */
export function seriesLines({ name, base, queue }: NewSeries): string {
  return `series:\n  ${key(name)}:\n    bases:\n      ${JSON.stringify(base)}:\n        queue: ${key(queue)}\n`;
}

function key(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}

/**
 * Adds a series (or a base to a series that is there) to the text of a project file; comments and everything else stay
 * as they are. A queue that is named there already for this base is replaced.
 *
 * Throws UserError when the file is not a YAML map.
 */
export function addSeries(text: string, file: string, { name, base, queue }: NewSeries): string {
  const document = parseDocument(text, { logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined || !isMap(document.contents)) {
    throw new UserError(error?.message.split('\n')[0] ?? 'a project file is a map of keys', {
      code: 'QB-IMPORT',
      location: { file },
      hint: 'fix the file, or add the lines by hand',
    });
  }
  const bases = document.getIn(['series', name, 'bases']);
  // A base that the file writes as a number is another key than its text.
  const known = isMap(bases) ? bases.items.find(({ key: there }) => String(there) === base)?.key : undefined;
  const at = ['series', name, 'bases', isScalar(known) ? known.value : base];
  // Made step by step, so that each new map gets lines of its own.
  for (let length = 1; length <= at.length; length++) {
    if (document.getIn(at.slice(0, length)) == null) document.setIn(at.slice(0, length), document.createNode({}));
  }
  document.setIn([...at, 'queue'], queue);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
