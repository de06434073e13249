/**
 * Reads logs with our KTAP reader and with the one of a kernel tree (tools/testing/kunit), and lists where the counts of
 * tests differ. Logs: those that the tree's parser is tested with, any that are named, and damaged ones made of them.
 *
 *     npx tsx scripts/ktap-compare.ts TREE [LOG…] [--damaged 200]
 */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { stripPrefix } from '../harness/guest/log/index.ts';
import { createKtapReader, ktapCases } from '../harness/ktap/index.ts';
import type { KtapCase } from '../harness/model/index.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Without a result. */
  readonly crashed: number;
  readonly skipped: number;
}

/** Prints one line of JSON for each log that it is given: null where the tree's parser ends in an exception. */
const theirs = `
import contextlib, io, json, sys
sys.path.insert(0, sys.argv[1])
import kunit_parser
for name in sys.argv[2:]:
    counts = None
    with open(name, encoding="utf8", errors="replace") as log, contextlib.redirect_stdout(io.StringIO()):
        try:
            counts = kunit_parser.parse_run_tests(log.read().split("\\n")).counts
        except ValueError:
            pass
    names = ("passed", "failed", "crashed", "skipped")
    print("=" + json.dumps(counts and {k: getattr(counts, k) for k in names}))
`;

async function theirCounts(tree: string, logs: readonly string[]): Promise<(Counts | null)[]> {
  const parser = path.join(tree, 'tools', 'testing', 'kunit');
  const { stdout } = await execa('python3', ['-c', theirs, parser, ...logs]);
  const lines = stdout.split('\n').filter((line) => line.startsWith('='));
  return lines.map((line) => JSON.parse(line.slice(1)) as Counts | null);
}

function ourCounts(log: string): Counts & { readonly faults: readonly string[] } {
  const reader = createKtapReader();
  for (const line of log.split('\n')) reader.push(stripPrefix(line).text);
  const { cases } = ktapCases(reader.tree(), { ending: 'unknown' });
  const tests = cases.filter(({ group }) => group === undefined);
  const count = (fits: (one: KtapCase) => boolean): number =>
    tests.filter(fits).reduce((sum, { tests: many = 1 }) => sum + many, 0);
  return {
    passed: count(({ outcome }) => outcome === 'pass'),
    failed: count(({ outcome, problem }) => (outcome === 'fail' || outcome === 'timeout') && problem === undefined),
    crashed: count(({ problem }) => problem === 'missing'),
    skipped: count(({ outcome }) => outcome === 'skip'),
    faults: cases.flatMap(({ problem }) => (problem === undefined || problem === 'missing' ? [] : [problem])),
  };
}

/** The same log with one line lost, doubled or turned, or cut there; equal for equal numbers. */
function damage(log: string, seed: number): string {
  const lines = log.split('\n');
  const structure = lines.flatMap((line, index) =>
    /\b(?:ok \d|1\.\.\d|KTAP version|Subtest)/.test(line) ? [index] : [],
  );
  const hit = structure[(seed * 7919) % Math.max(1, structure.length)] ?? 0;
  const line = lines[hit] ?? '';
  const made = [
    lines.toSpliced(hit, 1),
    lines.slice(0, hit),
    lines.with(hit, line.replace(/\bok /, 'not ok ')),
    lines.toSpliced(hit, 0, '[    1.000000] random: crng init done'),
  ];
  return (made[seed % made.length] ?? lines).join('\n');
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { damaged: { type: 'string' } } });
const [tree, ...named] = positionals;
if (tree === undefined) throw new Error('usage: ktap-compare.ts TREE [LOG…] [--damaged N]');
const data = path.join(tree, 'tools', 'testing', 'kunit', 'test_data');
const own = (await readdir(data)).filter((name) => name.endsWith('.log')).map((name) => path.join(data, name));
const scratch = await mkdtemp(path.join(os.tmpdir(), 'ktap-'));
try {
  const whole = [...own, ...named];
  const made: string[] = [];
  for (let seed = 0; seed < Number(values.damaged ?? 0); seed += 1) {
    const source = whole[seed % whole.length] ?? '';
    const file = path.join(scratch, `${seed}-${path.basename(source)}`);
    await writeFile(file, damage(await readFile(source, 'utf8'), seed));
    made.push(file);
  }
  const logs = [...whole, ...made];
  const other = await theirCounts(tree, logs);
  let different = 0;
  let refused = 0;
  for (const [index, log] of logs.entries()) {
    const { faults, ...mine } = ourCounts(await readFile(log, 'utf8'));
    const wanted = other[index];
    if (JSON.stringify(mine) === JSON.stringify(wanted)) continue;
    if (wanted === null) {
      refused += 1;
      continue;
    }
    different += 1;
    console.log(
      `${path.basename(log)}: tree ${JSON.stringify(wanted)}, ours ${JSON.stringify(mine)} ${faults.join(' ')}`,
    );
  }
  console.log(`${logs.length} logs, ${different} with other counts, ${refused} that the tree cannot read`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
