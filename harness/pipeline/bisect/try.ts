import path from 'node:path';
import { type Fault, needsOf, observe } from '../../bisect/index.ts';
import { createLogReader } from '../../guest/log/reader.ts';
import { listFiles } from '../../host/files/list.ts';
import { readText } from '../../host/files/read.ts';
import { newFindings } from '../../make/index.ts';
import { canBoot, type Diagnostic, defined, type Observation, type Predicate } from '../../model/index.ts';
import { buildCell } from '../run/build-cell.ts';
import { testCell } from '../run/test-cell.ts';
import { type CellState, type CellWork } from '../run/work.ts';

/**
 * Takes one cell as far as `until`, without judging it. `again` boots and tests anew; a build is what it is.
 */
export async function workCell(
  state: CellState,
  cell: { readonly point: number; readonly target: CellWork['target'] },
  again: boolean,
): Promise<CellWork> {
  const built = await buildCell(state, { ...cell, notRun: undefined, previous: undefined });
  if (!built.image) return built;
  return await testCell(again ? { ...state, context: { ...state.context, fresh: true } } : state, built);
}

/** What a try showed; logs are named from `directory`, in which `place` is the directory of the try. */
export async function judgeTry(
  predicate: Predicate,
  work: CellWork,
  place: { readonly directory: string; readonly name: string },
  known: readonly Diagnostic[],
): Promise<Observation | Fault> {
  const own = path.join(place.directory, place.name);
  const { logs } = work;
  const log = needsOf(predicate).log ? await readLogs(own, work) : [];
  const buildLog = logs['build.log'];
  const build = work.build && buildLog !== undefined ? { ...work.build, log: buildLog } : work.build;
  const seen = observe(
    predicate,
    { ...work, ...(build && { build }) },
    {
      log,
      ...defined({ logFile: logs['boot.log'] }),
      newWarnings: newFindings(
        (work.build?.warnings ?? []).map((diagnostic) => ({ diagnostic, lines: [diagnostic.message] })),
        known,
      ).map(({ diagnostic }) => diagnostic),
    },
  );
  if (seen.sign === 'host') return seen;
  const stages = [work.configure, work.build, work.boot, work.test].filter((stage) => stage !== undefined);
  const took = Object.fromEntries(stages.map(({ stage, ms }) => [stage, ms]));
  const more = { took, ...defined({ image: work.build?.imageHash }) };
  if (seen.log === undefined) return { ...seen, ...more };
  return { ...seen, ...more, log: path.isAbsolute(seen.log) ? seen.log : path.join(place.name, seen.log) };
}

/** The kernel log as lines: of the boot, then of the suites where they ran. */
async function readLogs(directory: string, { logs, target }: CellWork): Promise<string[]> {
  const files = logs['boot.log'] === undefined ? [] : [path.join(directory, logs['boot.log'])];
  if (logs['test'] !== undefined) {
    const found = await listFiles(path.join(directory, logs['test']));
    files.push(...found.filter((file) => file.endsWith('.log')).sort());
  }
  const lines: string[] = [];
  for (const file of files) {
    const reader = createLogReader({ wrapsLog: canBoot(target) && target.wrapsLog, booted: false });
    reader.push(Buffer.from((await readText(file)) ?? ''));
    reader.end();
    lines.push(...reader.lines());
  }
  return lines;
}
