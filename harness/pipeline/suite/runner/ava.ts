import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { followLines } from '../../../host/files/follow.ts';
import { expandFiles } from '../../../host/files/glob.ts';
import { exists } from '../../../host/files/kind.ts';
import { makeScratch } from '../../../host/files/scratch.ts';
import { writeFileAtomic, writeJson } from '../../../host/files/write.ts';
import { type CommandResult, nodeBinary, runProcess } from '../../../host/process.ts';
import { type CaseResult, HostError } from '../../../model/index.ts';
import {
  caseKey,
  contextVariable,
  type DeclaredCase,
  type InspectContext,
  type SuiteRecord,
} from '../../../model/suite.ts';
import { dialectFolder } from '../dialects.ts';
import { moduleHash } from './module-hash.ts';
import type { Listeners, ProcessRun, Runner } from './runner.ts';

/** A process that says nothing at all for so long cannot work any more: its own code holds it (milliseconds). */
const silenceMs = 90_000;

const ending = path.extname(import.meta.filename);
const program = path.resolve(import.meta.dirname, '..', '..', '..');

/** URL of a module of the suite layer, from sources or compiled, whichever runs. */
function suiteModule(name: string): string {
  return pathToFileURL(path.join(program, 'suite', `${name}${ending}`)).href;
}

function packageFile(specifier: string, file: string): string {
  return path.join(path.dirname(fileURLToPath(import.meta.resolve(specifier))), file);
}

/** What the one test file calls, and the module of the suite layer that has it. */
interface Entry {
  readonly module: string;
  readonly call: string;
}

/** ava wants a project of its own around the one test file, which loads the suites wherever they are. */
async function writeProject(directory: string, context: object, entry: Entry): Promise<InspectContext['results']> {
  const results = path.join(directory, 'results.jsonl');
  const config = {
    files: ['suites.test.mjs'],
    workerThreads: false,
    // Deadlines are ours: each case has one.
    timeout: '24h',
    nodeArguments: [`--import=${import.meta.resolve('tsx')}`, `--import=${suiteModule('loader')}`],
  };
  const { module, call } = entry;
  const main = `import { ${call} } from ${JSON.stringify(suiteModule(module))};\nawait ${call}();\n`;
  await writeFileAtomic(path.join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
  await writeFileAtomic(path.join(directory, 'ava.config.js'), `export default ${JSON.stringify(config)};\n`);
  await writeFileAtomic(path.join(directory, 'suites.test.mjs'), main);
  await writeJson(path.join(directory, 'context.json'), { ...context, results });
  return results;
}

function parseRecord(line: string): SuiteRecord | undefined {
  try {
    return JSON.parse(line) as SuiteRecord;
  } catch {
    // The process was killed in the middle of a line.
    return undefined;
  }
}

/**
 * Runs suites in one ava process of their own group, and reads results as they come.
 *
 * Whatever the suites do is a result. Throws HostError when the process cannot be started, InterruptedError when
 * `signal` asks to stop.
 */
async function suiteProcess(
  context: object,
  entry: Entry,
  signal: AbortSignal,
  heardOf: Listeners,
): Promise<ProcessRun> {
  const cli = packageFile('ava', 'cli.mjs');
  if (!(await exists(cli)))
    throw new HostError(`ava is not installed (${cli} is missing)`, { code: 'QB-TOOL', hint: 'run: npm ci' });
  const scratch = await makeScratch({ purpose: 'suites' });
  const directory = scratch.path;
  const results: CaseResult[] = [];
  const declared = new Map<string, DeclaredCase>();
  const begun = new Map<string, { readonly suite: string; readonly name: string }>();
  let loaded = false;
  let loading: string | undefined;
  let heard = Date.now();
  const take = (line: string): void => {
    heard = Date.now();
    const record = parseRecord(line);
    if (record?.type === 'declare') declared.set(caseKey(record.suite, record.name), record);
    else if (record?.type === 'loading') loading = record.suite;
    else if (record?.type === 'loaded') loaded = true;
    else if (record?.type === 'begin') begun.set(caseKey(record.suite, record.name), record);
    else if (record?.type === 'note') heardOf.onNote(record.text);
    else if (record?.type === 'end') {
      begun.delete(caseKey(record.result.suite, record.result.name));
      results.push(record.result);
      heardOf.onResult(record.result);
    }
  };

  const silence = new AbortController();
  const watch = setInterval(() => {
    if (Date.now() - heard > silenceMs) silence.abort();
  }, 1000);
  try {
    const following = followLines(await writeProject(directory, context, entry), take);
    try {
      const command = await runProcess({
        argv: [nodeBinary, cli, '--config', 'ava.config.js'],
        cwd: directory,
        env: { [contextVariable]: path.join(directory, 'context.json'), NODE_OPTIONS: undefined, FORCE_COLOR: '0' },
        signal: AbortSignal.any([signal, silence.signal]),
      }).catch((error: unknown) => {
        if (silence.signal.aborted && !signal.aborted) return silentEnd;
        throw error;
      });
      await following.stop();
      const unfinished = [...begun.values()];
      return { results, declared, loaded, loading, unfinished, silent: command === silentEnd, command };
    } finally {
      await following.stop();
    }
  } finally {
    clearInterval(watch);
    await scratch.remove();
  }
}

const silentEnd: CommandResult = {
  argv: ['ava'],
  exitCode: undefined,
  endedBy: 'SIGKILL',
  stdout: '',
  stderr: '',
  timedOut: true,
  ms: silenceMs,
};

/** Cases as TypeScript or JavaScript, with ava's `t`: files that import `quiltboot/suite`. */
export const ava: Runner = {
  name: 'ava',
  list: async (word) => {
    const files = await expandFiles(word, ['.ts', '.mts', '.js', '.mjs'], [`**/${dialectFolder}/**`]);
    return files.filter((file) => /\.[cm]?[jt]s$/.test(file));
  },
  takes: (file) => /\.[cm]?[jt]s$/.test(file),
  hash: moduleHash,
  run: (context, signal, heardOf) => suiteProcess(context, { module: 'run', call: 'runSuites' }, signal, heardOf),
  inspect: (suites, signal) =>
    suiteProcess({ suites }, { module: 'inspect', call: 'inspectSuites' }, signal, {
      onResult: () => undefined,
      onNote: () => undefined,
    }),
};
