import { defined, isWithin, UserError, type VersionRange } from '../model/index.ts';

/** One option that a fragment asks for. */
export interface FragmentOption {
  /** Without `CONFIG_`. */
  readonly symbol: string;
  /** As in a `.config`: `y`, `m`, a number, a quoted string; `n` for `# CONFIG_X is not set`. */
  readonly value: string;
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
}

export interface Fragment {
  readonly file: string;
  readonly options: readonly FragmentOption[];
  /** It may say otherwise than those before it: a named configuration changes what the tree asks for. */
  readonly overrides?: boolean;
  /** It says only what no other one speaks of. */
  readonly weak?: boolean;
}

const assignment = /^CONFIG_(\w+)=(y|m|n|-?\d+|0[xX][0-9a-fA-F]+|"(?:[^"\\]|\\.)*")$/;
const unset = /^#\s*CONFIG_(\w+) is not set$/;
/** `# kernel: 5.1..`, `# kernel: ..6.9`, `# kernel: 2.6.36..6.6`: where the option of the next line exists. */
const versions = /^#\s*kernel:\s*(.*)$/;
const range = /^(\d+(?:\.\d+)*)?\.\.(\d+(?:\.\d+)*)?$/;

/**
 * Reads a fragment. `file` is used for messages only. With the version of a kernel, options are left out that it does not
 * have by the comment in front of them: `# kernel: ..6.9`.
 *
 * @throws UserError for a line that is neither an option nor a comment, and for an option that stands there twice
 */
export function parseFragment(text: string, file: string, kernelVersion?: string): Fragment {
  const options = new Map<string, FragmentOption>();
  let only: VersionRange | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    const next = versionsIn(line, file, index + 1);
    if (next) {
      only = next;
      return;
    }
    const option = parseLine(line, file, index + 1);
    if (!option) return;
    const exists = kernelVersion === undefined || !only || isWithin(kernelVersion, only);
    only = undefined;
    if (!exists) return;
    const before = options.get(option.symbol);
    if (before) {
      throw new UserError(`CONFIG_${option.symbol} is set twice in ${file}: lines ${before.line} and ${option.line}`, {
        code: 'QB-FRAGMENT',
        location: { file, line: option.line },
        hint: 'remove one of them; which of two lines wins depends on the version of the kernel',
      });
    }
    options.set(option.symbol, option);
  });
  return { file, options: [...options.values()] };
}

function versionsIn(line: string, file: string, number: number): VersionRange | undefined {
  const words = versions.exec(line)?.[1];
  if (words === undefined) return undefined;
  const [, from, to] = range.exec(words) ?? [];
  if (from === undefined && to === undefined) {
    throw new UserError(`"${words}" is not a range of kernel versions`, {
      code: 'QB-FRAGMENT',
      location: { file, line: number },
      hint: 'write "# kernel: 5.1.." for an option that came with 5.1, "# kernel: ..6.9" for one that 6.9 had last',
    });
  }
  return defined({ from, to });
}

function parseLine(line: string, file: string, number: number): FragmentOption | undefined {
  const match = assignment.exec(line) ?? unset.exec(line);
  if (match) return { symbol: match[1] ?? '', value: match[2] ?? 'n', file, line: number };
  if (line === '' || line.startsWith('#')) return undefined;
  throw new UserError(`"${line}" is not an option of a fragment`, {
    code: 'QB-FRAGMENT',
    location: { file, line: number },
    hint: 'allowed: CONFIG_NAME=y, =m, =n, a number or a "string"; # CONFIG_NAME is not set; comments that begin with #',
  });
}

/** The fragments' options in one list, each symbol once: old kernels take the first of two lines, new ones the last. */
export interface MergedFragments {
  readonly options: ReadonlyMap<string, FragmentOption>;
  /** The text for `KCONFIG_ALLCONFIG`. */
  readonly text: string;
}

/**
 * Joins fragments. Saying the same thing twice in two fragments is fine, one that overrides has the last word over those
 * before it, and a weak one says only what the others leave open.
 *
 * @throws UserError that names both places when two fragments disagree about an option
 */
export function mergeFragments(fragments: readonly Fragment[]): MergedFragments {
  const options = new Map<string, FragmentOption>();
  const overridden = new Set<string>();
  const settled = new Set(fragments.filter(({ weak }) => !weak).flatMap(({ options: own }) => own.map(symbolOf)));
  const all = fragments.flatMap(({ options: own, overrides = false, weak = false }) =>
    own.filter(({ symbol }) => !(weak && settled.has(symbol))).map((option) => ({ option, overrides })),
  );
  for (const { option, overrides } of all) {
    const before = options.get(option.symbol);
    if (before && !sameValue(before.value, option.value)) {
      if (overrides && !overridden.has(option.symbol)) {
        options.set(option.symbol, option);
        overridden.add(option.symbol);
        continue;
      }
      throw new UserError(
        `two fragments disagree about CONFIG_${option.symbol}: ${place(before)} says ${before.value}, ` +
          `${place(option)} says ${option.value}`,
        {
          code: 'QB-FRAGMENT',
          location: { file: option.file, line: option.line },
          hint: 'change one of them, or leave the option to one',
        },
      );
    }
    if (!before) options.set(option.symbol, option);
  }
  const lines = [...options.values()].map(formatOption);
  return { options, text: lines.map((line) => `${line}\n`).join('') };
}

function symbolOf({ symbol }: FragmentOption): string {
  return symbol;
}

function place(option: FragmentOption): string {
  return `${option.file}:${option.line}`;
}

/** The line of a `.config` that gives a symbol a value. */
export function formatOption(option: Pick<FragmentOption, 'symbol' | 'value'>): string {
  return option.value === 'n' ? `# CONFIG_${option.symbol} is not set` : `CONFIG_${option.symbol}=${option.value}`;
}

/** Whether two values of a `.config` mean the same: `0x10` and `16` do. */
export function sameValue(a: string, b: string): boolean {
  return a === b || (isNumber(a) && isNumber(b) && Number(a) === Number(b));
}

function isNumber(value: string): boolean {
  return /^(-?\d+|0[xX][0-9a-fA-F]+)$/.test(value);
}
