/** Standard mutations of a line of C: what somebody might have got wrong, whatever the suites look for. */

/** One way to change a line, or several lines of a file. */
export interface Mutant {
  readonly operator: string;
  /** What it does, in a few words. */
  readonly does: string;
  /** The whole file. */
  readonly text: string;
}

/** A line with the file around it; `at` from 0. */
interface Place {
  readonly lines: readonly string[];
  readonly at: number;
}

/** Changes of lines by their numbers. */
type Change = ReadonlyMap<number, string>;
type Operator = (place: Place) => readonly Change[];

const keywords = /^(?:if|for|while|switch|return|else|do|goto|break|continue|sizeof|case|default)$/;
const takes = /^(?:\w+_)?(?:lock|down|trylock|enter|read_begin|disable)\w*$|_lock(?:_\w+)?$|^(?:\w+_)?get_online_cpus$/;
const gives = /^(?:\w+_)?(?:unlock|up|exit|read_end|enable)\w*$|_unlock(?:_\w+)?$|^(?:\w+_)?put_online_cpus$/;
const barriers = /^(?:smp_(?:w|r)?mb\w*|smp_mb__\w+|barrier|(?:w|r)?mb)$/;

function balanced(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === '(') depth += 1;
    if (sign === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

/** The call that is all of a statement on one line. */
function wholeCall(
  line: string,
): { readonly indent: string; readonly name: string; readonly given: string } | undefined {
  const [, indent = '', name = '', given = ''] = /^(\s*)([A-Za-z_]\w*)\((.*)\);$/.exec(line) ?? [];
  return name === '' || keywords.test(name) || !balanced(given) ? undefined : { indent, name, given };
}

/** Whether a statement begins on a line: what stands above it has ended. */
function beginsStatement({ lines, at }: Place): boolean {
  const above = lines[at - 1]?.trimEnd() ?? '';
  return /[;{}:]$|\*\/$|^$|\)$|\belse$/.test(above);
}

const one = (at: number, text: string): Change => new Map([[at, text]]);

/** A change for each place where an expression matches. */
function each(pattern: RegExp, to: (found: RegExpExecArray) => string | undefined): Operator {
  return ({ lines, at }) => {
    const line = lines[at] ?? '';
    return [...line.matchAll(pattern)].flatMap((found) => {
      const put = to(found);
      return put === undefined
        ? []
        : [one(at, `${line.slice(0, found.index)}${put}${line.slice(found.index + found[0].length)}`)];
    });
  };
}

/** Which error stands in for another one. */
const otherError = (name: string): string => (name === 'EINVAL' ? 'EPERM' : 'EINVAL');

function dropCall(place: Place): readonly Change[] {
  const call = wholeCall(place.lines[place.at] ?? '');
  if (!call || !beginsStatement(place)) return [];
  if (takes.test(call.name) || gives.test(call.name) || barriers.test(call.name)) return [];
  return [one(place.at, `${call.indent};`)];
}

function dropLockPair({ lines, at }: Place): readonly Change[] {
  const call = wholeCall(lines[at] ?? '');
  if (!call || !takes.test(call.name) || gives.test(call.name)) return [];
  const change = new Map([[at, `${call.indent};`]]);
  for (let below = at + 1; below < lines.length && lines[below] !== '}'; below += 1) {
    const other = wholeCall(lines[below] ?? '');
    if (other && gives.test(other.name) && other.given === call.given) change.set(below, `${other.indent};`);
  }
  return change.size > 1 ? [change] : [];
}

function dropBarrier({ lines, at }: Place): readonly Change[] {
  const line = lines[at] ?? '';
  const call = wholeCall(line);
  if (call && barriers.test(call.name)) return [one(at, `${call.indent};`)];
  const [, indent, to, what] = /^(\s*)(?:rcu_assign_pointer|smp_store_release)\(([^,]+), (.+)\);$/.exec(line) ?? [];
  return indent === undefined || to === undefined ? [] : [one(at, `${indent}${to.replace(/^&/, '')} = ${what ?? ''};`)];
}

function negate({ lines, at }: Place): readonly Change[] {
  const line = lines[at] ?? '';
  const [, head, condition, tail] = /^(\s*(?:\} else )?if \()(.*)(\)(?: \{)?)$/.exec(line) ?? [];
  if (head === undefined || condition === undefined || !balanced(condition)) return [];
  return [one(at, `${head}!(${condition})${tail ?? ''}`)];
}

/** A jump to where things are undone goes to the label below it: one undo less. */
function skipUndo({ lines, at }: Place): readonly Change[] {
  const line = lines[at] ?? '';
  const [, label] = /\bgoto (\w+);$/.exec(line) ?? [];
  if (label === undefined) return [];
  const end = lines.findIndex((text, index) => index > at && text === '}');
  const labels = lines.slice(at, end).flatMap((text) => /^(\w+):$/.exec(text)?.[1] ?? []);
  const next = labels[labels.indexOf(label) + 1];
  return labels.includes(label) && next !== undefined ? [one(at, line.replace(`goto ${label};`, `goto ${next};`))] : [];
}

const operators: Readonly<Record<string, { readonly does: string; readonly apply: Operator }>> = {
  negate: { does: 'a condition is the other way round', apply: negate },
  'drop-call': { does: 'a call is missing', apply: dropCall },
  'drop-lock': { does: 'a lock is not taken', apply: dropLockPair },
  'drop-barrier': { does: 'a memory barrier is missing', apply: dropBarrier },
  'skip-undo': { does: 'an error path undoes one thing less', apply: skipUndo },
  errno: { does: 'another error', apply: each(/-(E[A-Z]{3,})\b/g, ([, name = '']) => `-${otherError(name)}`) },
  'off-by-one': {
    does: 'off by one',
    apply: each(/ (<=?|>=?) (?=[\w(&*-])| ([+-]) 1\b/g, ([, order, sign]) => {
      if (sign !== undefined) return '';
      return ` ${order?.endsWith('=') ? order.slice(0, -1) : `${order ?? ''}=`} `;
    }),
  },
  logic: { does: 'and for or', apply: each(/ (&&|\|\|) /g, ([, sign]) => (sign === '&&' ? ' || ' : ' && ')) },
  equality: {
    does: 'equal for different',
    // All of a condition that is one comparison is negated already.
    apply: (place) =>
      /^\s*if \([^&|]*\)(?: \{)?$/.test(place.lines[place.at] ?? '')
        ? []
        : each(/ (==|!=) /g, ([, sign]) => (sign === '==' ? ' != ' : ' == '))(place),
  },
  constant: {
    does: 'true for false',
    apply: each(/\b(true|false)\b/g, ([, word]) => (word === 'true' ? 'false' : 'true')),
  },
  result: {
    does: 'success for a result',
    apply: each(/\breturn (\w+);$/g, ([, name]) =>
      name === 'ret' || name === 'error' || name === 'err' ? 'return 0;' : undefined,
    ),
  },
};

/** Every mutant of a line, each a file of its own; none where nothing applies. `line` from 1. */
export function mutantsOf(text: string, line: number): Mutant[] {
  const lines = text.split('\n');
  const at = line - 1;
  const code = lines[at] ?? '';
  if (/^\s*(?:\*|\/\*|\/\/|#)/.test(code)) return [];
  return Object.entries(operators).flatMap(([operator, { does, apply }]) =>
    apply({ lines, at }).map((change) => ({
      operator,
      does,
      text: lines.map((old, index) => change.get(index) ?? old).join('\n'),
    })),
  );
}
