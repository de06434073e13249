/** Mutants of the new lines that a run has executed, each with the cases that execute its line. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { loadRun, type Run, UserError } from '../../harness/index.ts';
import { caseKey } from '../../harness/model/suite.ts';
import { shuffle } from '../../harness/suite/shuffle.ts';
import type { Fault, ReadFile } from './faults.ts';
import { mutantsOf } from './mutants.ts';

/** Reads a stored run by its directory or its run.json. */
export async function runOf(place: string): Promise<Run> {
  const isDirectory = (await stat(place).catch(() => undefined))?.isDirectory() === true;
  return await loadRun(isDirectory ? path.join(place, 'run.json') : place);
}

/**
 * All mutants of the lines that cases of a run executed on a target. Lines that the boot alone executes have no case to
 * notice anything, so they are left to all of them.
 */
export async function generateFaults(run: Run, target: string, read: ReadFile): Promise<readonly Fault[]> {
  const cell = run.cells.find((one) => one.target === target && one.coverage !== undefined);
  const { coverage } = cell ?? {};
  if (!coverage || coverage.unmeasured !== undefined)
    throw new UserError(`run ${run.id} measured no coverage on ${target}`, {
      hint: 'quiltboot run SERIES --points final --coverage',
    });
  const cases = new Set(cell?.cases.map(({ suite, name }) => caseKey(suite, name)));
  const faults: Fault[] = [];
  for (const { point, files } of coverage.patches) {
    const patch = run.series.patches[point - 1]?.name;
    for (const { path: file, lines } of files) {
      const text = await read(file);
      if (text === undefined) throw new UserError(`the tree has no file ${file}, of which run ${run.id} speaks`);
      for (const { from, to, by } of lines.filter((one) => one.by.length > 0)) {
        const executedBy = by.flatMap((index) => coverage.by[index] ?? []).filter((label) => cases.has(label));
        for (let line = from; line <= to; line += 1)
          faults.push(...mutantsAt({ file, text, line, ...(patch === undefined ? {} : { patch }), cases: executedBy }));
      }
    }
  }
  return faults;
}

interface At {
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly patch?: string;
  readonly cases: readonly string[];
}

function mutantsAt({ file, text, line, patch, cases }: At): Fault[] {
  const code = text.split('\n')[line - 1]?.trim() ?? '';
  const stem = `${path.parse(file).name}-${line}`;
  return mutantsOf(text, line).map((mutant, index) => ({
    name: `${stem}-${mutant.operator}${index === 0 ? '' : `-${index + 1}`}`,
    does: `${mutant.does}: ${file}:${line}: ${code}`,
    suites: [],
    ...(cases.length === 0 ? {} : { cases }),
    ...(patch === undefined ? {} : { patch }),
    change: async (read) => {
      if ((await read(file)) !== text) throw new UserError(`${file} is not what the run has measured`);
      return new Map([[file, mutant.text]]);
    },
  }));
}

/** So many of them, drawn by a seed: the same seed draws the same ones. */
export function sampleFaults(all: readonly Fault[], count: number, seed: number): readonly Fault[] {
  const kept = new Set(shuffle(all, seed).slice(0, count));
  // In the order of the files, so that neighbours change the same ones.
  return all.filter((fault) => kept.has(fault));
}
