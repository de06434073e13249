import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import PQueue from 'p-queue';
import type { CaseResult, Cell, Run } from '../../harness/model/index.ts';

interface Ran {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** The words that start the program. */
  readonly program: readonly string[];
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

async function runOf(directory: string): Promise<Run | undefined> {
  const text = await readFile(path.join(directory, 'latest/run.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Run);
}

/** What has to be the same when a failure is seen again; times, addresses and counts may differ. */
const facts = ({ stage, outcome, blame, cause }: Cell): unknown => ({
  stage,
  outcome,
  blame,
  summary: cause?.summary.replace(/0x[0-9a-f]+|\d+/g, 'N'),
});

interface Told {
  readonly command: string;
  readonly facts: (run: Run | undefined) => unknown;
}

/** What a cell gives to a shell: its own command, and those of the cases that it does not repeat. */
function commandsOf(cell: Cell): Told[] {
  const again = (run: Run | undefined): Cell | undefined =>
    run?.cells.find((one) => one.point === cell.point && one.target === cell.target);
  const ofCell = (run: Run | undefined): unknown => {
    const found = again(run);
    return found && facts(found);
  };
  const ofCase =
    ({ suite, name }: CaseResult) =>
    (run: Run | undefined): unknown =>
      again(run)?.cases.find((one) => one.suite === suite && one.name === name)?.outcome;
  const cases = cell.cases.flatMap((one) =>
    one.reproduce === undefined || one.reproduce === cell.reproduce
      ? []
      : [{ command: one.reproduce, facts: ofCase(one) }],
  );
  return [...(cell.reproduce === null ? [] : [{ command: cell.reproduce, facts: ofCell }]), ...cases];
}

/** One at a time: the tests of a file run side by side, and guests that starve fail for no reason of their own. */
const queue = new PQueue({ concurrency: 1 });

/**
 * Gives every `reproduce:` line of the newest run of a project to a shell, as a user would, and throws where one does not
 * bring the same failure.
 */
export async function mustReproduce({ directory, env, program }: Ran): Promise<void> {
  const run = await runOf(path.join(directory, '.quiltboot/runs'));
  for (const { command, facts: factsIn } of run?.cells.flatMap(commandsOf) ?? []) {
    const out = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-again-'));
    try {
      const start = `quiltboot() { ${program.map(quoted).join(' ')} "$@"; }`;
      const script = `${start}\n${command} --out ${quoted(out)}`;
      const { all, exitCode } = await queue.add(() =>
        execa('bash', ['-c', script], { cwd: directory, env, reject: false, all: true }),
      );
      const was = JSON.stringify(factsIn(run));
      const again = factsIn(await runOf(out));
      const is = again === undefined ? 'nothing' : JSON.stringify(again);
      if (was !== is) throw new Error(`${command}\n  should bring ${was}\n  brought ${is} (${exitCode})\n${all}`);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }
}
