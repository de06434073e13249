/** What CI does with a run of the real kernel: parts of the matrix, one report of them, a check for each patch. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import type { Run } from '../../../harness/model/index.ts';
import { brokenProject, pointOf } from '../../support/broken-series.ts';
import { latestRun, program } from '../../support/program.ts';

const facts = ({ cells, verdict }: Run): unknown => ({
  verdict,
  cells: cells.map(({ point, target, stage, outcome, cases }) => ({
    point,
    target,
    stage,
    outcome,
    cases: cases.map((one) => [one.suite, one.name, one.outcome]),
  })),
});

test.serial('the parts of a matrix make the same run as the whole, and each patch its check', async (t) => {
  const place = await brokenProject(t);
  const words = ['run', '--keep-going', '--case', 'pids', '--points', `0..${pointOf('used')}`];
  t.is((await place.run(...words)).code, 1);
  const whole = await latestRun(place);
  for (const part of ['1/2', '2/2']) {
    const shard = await place.run(...words, '--shard', part, '--out', `shards/${part[0]}`);
    t.is(shard.code, 1, shard.err);
  }
  const formats = ['text', 'github', 'gitlab', 'kcidb', 'junit'].flatMap((kind) => [
    '--format',
    `${kind}=report.${kind}`,
  ]);
  const merged = await place.run('merge', 'shards/1/latest', 'shards/2/latest', ...formats);
  t.is(merged.code, 1, merged.err);
  t.deepEqual(facts(await latestRun(place)), facts(whole));
  const report = (kind: string): Promise<string> => readFile(path.join(place.directory, `report.${kind}`), 'utf8');
  t.regex(await report('text'), /broken by \d+\/\d+ .*, fixed by /);
  t.regex(await report('github'), /^::error .*descending/m);
  t.true((JSON.parse(await report('gitlab')) as unknown[]).length > 0);
  t.like(JSON.parse(await report('kcidb')), { version: { major: 5 } });
  t.regex(await report('junit'), /<testsuites /);

  const [command, ...rest] = program;
  const checks = async (name: string): Promise<{ readonly tool: string; readonly status: string }[]> => {
    const mail = await readFile(path.join(place.directory, 'patches', `${name}.patch`), 'utf8');
    const { stdout } = await execa(command, [...rest, 'b4-check'], {
      cwd: place.directory,
      env: place.env,
      input: mail,
    });
    return JSON.parse(stdout) as { tool: string; status: string }[];
  };
  t.deepEqual(
    (await checks('descending')).map(({ tool, status }) => [tool, status]),
    [
      ['quiltboot-x86_64', 'fail'],
      ['quiltboot-s390x', 'fail'],
    ],
  );
  t.deepEqual(
    (await checks('used')).map(({ status }) => status),
    ['pass', 'pass'],
  );
});
