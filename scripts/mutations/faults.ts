/** Deliberate faults at the last point of a series: from a list, from patches, or made from the lines that cases execute. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { applyPatch, parsePatch } from 'diff';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../harness/index.ts';

/** Reads a file of the tree at the last point; undefined where there is none. */
export type ReadFile = (file: string) => Promise<string | undefined>;

/** A fault, and how to look for it. */
export interface Fault {
  readonly name: string;
  /** What is wrong with it, in a few words. */
  readonly does: string;
  /** Names of suites that run first; all others follow. */
  readonly suites: readonly string[];
  /** No other cases than these (`caseKey`): they execute the line. */
  readonly cases?: readonly string[];
  /** A configuration of the project, for a fault that does nothing in another one. */
  readonly config?: string;
  /** The patch of the series whose line it changes. */
  readonly patch?: string;
  /** The texts of the files that it changes, by their paths. Throws UserError where the tree is not what it is made for. */
  readonly change: (read: ReadFile) => Promise<ReadonlyMap<string, string>>;
}

const text = z.string().min(1);
const listed = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/, 'lower-case letters, digits and dashes'),
  does: text,
  /** Relative to the kernel tree. */
  file: text,
  /** Stands in the file exactly once. */
  replace: text,
  with: z.string(),
  suites: z.array(text).min(1),
  config: text.optional(),
});
const faultFile = z.strictObject({ series: text, tree: text, faults: z.array(listed).min(1) });

type Listed = z.infer<typeof listed>;

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
  return { ...parsed.data, faults: parsed.data.faults.map(fromList) };
}

function fromList(one: Listed): Fault {
  const { name, does, suites, config } = one;
  const change = async (read: ReadFile): Promise<ReadonlyMap<string, string>> => {
    const before = await existing(read, one.file, name);
    const times = before.split(one.replace).length - 1;
    if (times !== 1) {
      throw new UserError(`fault ${name}: ${one.file} has the text to replace ${times} times, not once`, {
        hint: `it looks for:\n${one.replace}`,
      });
    }
    return new Map([[one.file, before.replace(one.replace, () => one.with)]]);
  };
  return { name, does, suites, ...(config === undefined ? {} : { config }), change };
}

async function existing(read: ReadFile, file: string, fault: string): Promise<string> {
  const found = await read(file);
  if (found === undefined) throw new UserError(`fault ${fault}: the tree has no file ${file}`);
  return found;
}

/** The patches of a directory, each a fault of its own on top of the series. */
export async function readPatchFaults(directory: string): Promise<readonly Fault[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.patch')).sort();
  if (names.length === 0) throw new UserError(`${directory} has no file that ends in .patch`);
  return await Promise.all(
    names.map(async (file) => {
      const mail = await readFile(path.join(directory, file), 'utf8');
      return fromPatch(path.parse(file).name, mail);
    }),
  );
}

function fromPatch(name: string, mail: string): Fault {
  const start = /^(?:diff --git|---) \S+[/ ]/m.exec(mail);
  const diff = mail.slice(start?.index ?? 0).replace(/^-- \n[\s\S]*/m, '');
  const does = /^Subject: (?:\[[^\]]*\] )?(.+)$/m.exec(mail)?.[1] ?? name;
  const change = async (read: ReadFile): Promise<ReadonlyMap<string, string>> => {
    const texts = new Map<string, string>();
    for (const part of parsePatch(diff)) {
      const file = (part.newFileName ?? '').replace(/^b\//, '').trim();
      const after = applyPatch(texts.get(file) ?? (await existing(read, file, name)), part, { fuzzFactor: 2 });
      if (after === false) throw new UserError(`fault ${name}: its patch does not apply to ${file}`);
      texts.set(file, after);
    }
    if (texts.size === 0) throw new UserError(`fault ${name}: its patch changes no file`);
    return texts;
  };
  return { name, does, suites: [], change };
}

/** The faults that `--only` names, all without it; those of another configuration left out. */
export function chooseFaults(all: readonly Fault[], only: readonly string[], config?: string): readonly Fault[] {
  const unknown = only.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new UserError(`there is no fault ${unknown}`, { hint: all.map(({ name }) => name).join(', ') });
  }
  const named = only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
  const chosen = named.filter((one) => one.config === undefined || one.config === config);
  const left = named.find((one) => !chosen.includes(one));
  if (only.length > 0 && left) {
    throw new UserError(`the fault ${left.name} does nothing without the configuration ${left.config ?? ''}`, {
      hint: `--config ${left.config ?? ''}`,
    });
  }
  return chosen;
}
