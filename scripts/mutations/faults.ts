/** Deliberate faults as data: what a file says at the last point of a series, and what it shall say instead. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../harness/index.ts';

const text = z.string().min(1);
const fault = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/, 'lower-case letters, digits and dashes'),
  /** What is wrong with it, in a few words. */
  does: text,
  /** Relative to the kernel tree. */
  file: text,
  /** Stands in the file exactly once. */
  replace: text,
  with: z.string(),
  /** Names of suites that run first; all others follow. */
  suites: z.array(text).min(1),
  /** A configuration of the project, for a fault that does nothing in another one. */
  config: text.optional(),
});
const faultFile = z.strictObject({ series: text, tree: text, faults: z.array(fault).min(1) });

export type Fault = z.infer<typeof fault>;

export interface FaultList {
  readonly series: string;
  readonly tree: string;
  readonly faults: readonly Fault[];
}

/** Reads a list of faults. Throws UserError for one that is not as it should be, and for a name that stands twice. */
export async function readFaults(file: string): Promise<FaultList> {
  const parsed = faultFile.safeParse(parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    throw new UserError(`${file} is not a list of faults:\n${z.prettifyError(parsed.error)}`);
  }
  const names = parsed.data.faults.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`two faults of ${file} are named ${twice}`);
  return parsed.data;
}

/** The faults that `--only` names, all without it; those of another configuration left out. */
export function chooseFaults(list: FaultList, only: readonly string[], config?: string): readonly Fault[] {
  const unknown = only.find((name) => !list.faults.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new UserError(`there is no fault ${unknown}`, { hint: list.faults.map(({ name }) => name).join(', ') });
  }
  const named = only.length === 0 ? list.faults : list.faults.filter(({ name }) => only.includes(name));
  const chosen = named.filter((one) => one.config === undefined || one.config === config);
  const left = named.find((one) => !chosen.includes(one));
  if (only.length > 0 && left) {
    throw new UserError(`the fault ${left.name} does nothing without the configuration ${left.config ?? ''}`, {
      hint: `--config ${left.config ?? ''}`,
    });
  }
  return chosen;
}

/**
 * The patch that puts a fault into a tree that is checked out at the last point. Throws UserError where the tree does
 * not say, or says more than once, what is to be replaced.
 */
export async function faultPatch(one: Fault, tree: string): Promise<string> {
  const before = await readFile(path.join(tree, one.file), 'utf8').catch((cause: unknown) => {
    throw new UserError(`fault ${one.name}: the tree has no file ${one.file}`, { cause });
  });
  const times = before.split(one.replace).length - 1;
  if (times !== 1) {
    throw new UserError(`fault ${one.name}: ${one.file} has the text to replace ${times} times, not once`, {
      hint: `it looks for:\n${one.replace}`,
    });
  }
  const after = before.replace(one.replace, () => one.with);
  const hunks = createTwoFilesPatch(`a/${one.file}`, `b/${one.file}`, before, after).replace(/^=+\n/, '');
  return `Subject: ${one.does}\n\ndiff --git a/${one.file} b/${one.file}\n${hunks}`;
}
