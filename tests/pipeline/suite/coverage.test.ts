/** What cases execute, with counters of a program that is really compiled and really runs. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { CountedBuild, Executed } from '../../../harness/model/index.ts';
import { detail } from '../../support/detail.ts';
import { runFakes } from '../../support/fake-suites.ts';

/** Lines 2, 4 and 7 run each time; others by the first letter of the argument. */
const spool = `#include <linux/turn.h>
int main(int count, char **words)
{
	switch (words[1][0]) {
	case 'a':
		return turn(1);
	case 'b':
		return 0;
	case 'c':
		return count - 2;
	}
	return 0;
}
`;
const header = 'static inline int turn(int by)\n{\n\treturn by - 1;\n}\n';

/** A "kernel" whose one object counts, built as kernels are: from a tree elsewhere, with its path taken out of the names. */
async function compileCounted(
  t: ExecutionContext,
): Promise<{ readonly counted: CountedBuild; readonly program: string }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qb-counted-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const [tree, root, notes] = ['tree', 'build', 'notes'].map((name) => path.join(directory, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [`${tree}/kernel`, `${tree}/include/linux`, `${root}/kernel`, notes])
    await mkdir(one, { recursive: true });
  await writeFile(`${tree}/kernel/spool.c`, spool);
  await writeFile(`${tree}/include/linux/turn.h`, header);
  const flags = ['-O0', '-fprofile-arcs', '-ftest-coverage', `-ffile-prefix-map=${tree}/=`, `-I${tree}/include`];
  await execa('gcc', [...flags, '-c', '-o', 'kernel/spool.o', `${tree}/kernel/spool.c`], { cwd: root });
  await execa('gcc', ['--coverage', '-o', 'spool', 'kernel/spool.o'], { cwd: root });
  await copyFile(`${root}/kernel/spool.gcno`, `${notes}/0.gcno`);
  const program = `${root}/spool`;
  // The boot.
  await execa(program, ['a']);
  return { counted: { directory: notes, hash: '', tree, root, sources: ['kernel/spool.c'], uncounted: [] }, program };
}

const suite = (...cases: readonly string[]): string =>
  `import { suite } from 'quiltboot/suite';\nconst { test } = suite();\n${cases.join('\n')}\n`;
const runs = (name: string, word: string): string =>
  `test('${name}', async (t, { guest }) => { await guest.sh('execute ${word}'); t.pass(); });`;

const executedIn = ({ executed }: { readonly executed?: Executed | string }): Executed => {
  if (executed === undefined || typeof executed === 'string') throw new Error(executed ?? 'nothing was measured');
  return executed;
};

/** Names of what executed a line. */
function whoAt({ files, by }: Executed, file: string, line: number): string[] | undefined {
  const stretch = files.find(({ path: own }) => own === file)?.lines.find(({ from, to }) => from <= line && line <= to);
  return stretch?.by.map((place) => by[place] ?? '?');
}

test('each line has the cases that executed it, less what was executed before them', async (t) => {
  const { counted, program } = await compileCounted(t);
  const source = suite(
    runs('asks for b', 'b'),
    runs('asks for a', 'a'),
    "test('hangs', { timeoutMs: 200 }, async (t, { guest }) => { await guest.sh('execute c'); await guest.sh('hang'); });",
    "test('asks for nothing', (t) => t.pass());",
  );
  const options = { counting: { counted, gcov: 'gcov' }, guests: 1, fake: { counted: program } };
  const { result } = await runFakes(t, { 'mine.ts': source }, options);
  const executed = executedIn(result);
  t.deepEqual(executed.by.slice(0, 1), ['the guest boots']);
  t.deepEqual(executed.unread, ['mine › hangs']);
  t.deepEqual(whoAt(executed, 'kernel/spool.c', 4)?.sort(), [
    'mine › asks for a',
    'mine › asks for b',
    'the guest boots',
  ]);
  t.deepEqual(whoAt(executed, 'kernel/spool.c', 6)?.sort(), ['mine › asks for a', 'the guest boots']);
  t.deepEqual(whoAt(executed, 'include/linux/turn.h', 3)?.sort(), ['mine › asks for a', 'the guest boots']);
  t.deepEqual(whoAt(executed, 'kernel/spool.c', 10), [], 'the guest was gone before its counters were read');
  t.is(whoAt(executed, 'kernel/spool.c', 3), undefined, 'a line without code');
});

detail('programs have their lines as well', async (t) => {
  const { counted, program } = await compileCounted(t);
  const { result } = await runFakes(
    t,
    {},
    {
      ...{ counting: { counted, gcov: 'gcov' }, guests: 1 },
      programs: { wind: { name: 'wind', argv: ['/bin/wind'], pass: 'exit status', timeoutMs: 1000 } },
      fake: { counted: program, programs: { '/bin/wind': { act: 'execute c' } } },
    },
  );
  t.deepEqual(whoAt(executedIn(result), 'kernel/spool.c', 10), ['program:wind › exits with 0']);
});

test('counters that are none are said of their case, and no line is invented', async (t) => {
  const { counted, program } = await compileCounted(t);
  const source = suite(
    runs('asks for c', 'c'),
    "test('lies', async (t, { guest }) => { await guest.sh('lie'); t.pass(); });",
  );
  const options = { counting: { counted, gcov: 'gcov' }, guests: 1, fake: { counted: program } };
  const { result } = await runFakes(t, { 'mine.ts': source }, options);
  const executed = executedIn(result);
  t.deepEqual(executed.unread, ['mine › lies']);
  t.deepEqual(whoAt(executed, 'kernel/spool.c', 10), ['mine › asks for c']);
});

detail('a kernel that shows no counters is not one of which nothing ran', async (t) => {
  const { counted, program } = await compileCounted(t);
  const options = { counting: { counted, gcov: 'gcov' }, guests: 1, fake: { counted: program, booted: 'silent' } };
  const { result } = await runFakes(t, { 'mine.ts': suite(runs('asks for a', 'a')) }, options);
  t.is(result.executed, 'the counters of an idle guest could not be read');
});
