import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { CaseResult, Context, Event, TestResult } from '../../harness/model/index.ts';
import { type TestRequest, testStage } from '../../harness/pipeline/suite/stage.ts';
import { findBootTarget } from '../../harness/targets/index.ts';
import type { FakeRequest } from './fake-guests.ts';

export interface Ran {
  readonly result: TestResult;
  readonly events: readonly Event[];
  readonly directory: string;
  case(name: string): CaseResult;
}

const guestModule = path.join(import.meta.dirname, 'fake-guests.ts');

/** Runs suites, given as sources, in a directory that knows nothing of this project. */
export async function runFakes(
  t: ExecutionContext,
  sources: Readonly<Record<string, string>>,
  options: Partial<TestRequest> & {
    readonly fake?: FakeRequest;
    readonly guests?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Ran> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qb-suite-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await mkdir(path.join(directory, 'dialects'));
  for (const [name, source] of Object.entries(sources)) await writeFile(path.join(directory, name), source);
  const suites = Object.keys(sources)
    .filter((name) => !/^_|\//.test(name))
    .map((name) => path.join(directory, name));
  suites.push(...Object.keys(options.programs ?? {}).map((name) => `program:${name}`));
  const events: Event[] = [];
  const context: Context = {
    cache: {
      root: '',
      downloads: '',
      trees: '',
      worktrees: '',
      builds: '',
      store: '',
      images: '',
      ccache: '',
      locks: '',
    },
    emit: (event) => events.push(event),
    signal: options.signal ?? new AbortController().signal,
    jobs: 1,
    guests: options.guests ?? 2,
    fresh: false,
  };
  const result = await testStage(
    {
      kernel: { image: JSON.stringify(options.fake ?? {}), kernelVersion: '6.1' },
      initramfs: '',
      target: findBootTarget('x86_64'),
      machine: { memoryMiB: 1, cpus: 1, commandLine: [] },
      point: 1,
      features: { containers: { patch: 1, present: true }, tasks: { patch: 2, present: false } },
      suites,
      logDirectory: path.join(directory, 'logs'),
      guestModule,
      ...options,
    },
    context,
  );
  const find = (name: string): CaseResult => {
    const found = result.cases.find((each) => each.name === name);
    if (!found) throw new Error(`no case "${name}" among ${JSON.stringify(result.cases, null, 2)}`);
    return found;
  };
  return { result, events, directory, case: find };
}
