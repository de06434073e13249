import { readFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import type { BuildResult, Context, Target } from '../../harness/model/index.ts';
import { build } from '../../harness/pipeline/kernel/build.ts';
import { configure } from '../../harness/pipeline/kernel/configure.ts';
import { x86_64 } from '../../harness/targets/index.ts';
import { gcc, Workshop } from './fake-linux.ts';

/** The PATH that the tests were started with; tests change the process's own. */
export const realPath = process.env.PATH ?? '';

/** A workshop that is gone when the test ends, as is every change to PATH. */
export async function openShop(t: ExecutionContext): Promise<Workshop> {
  const workshop = await Workshop.open();
  t.teardown(async () => {
    process.env.PATH = realPath;
    await workshop.close();
  });
  return workshop;
}

/** Ordinarily the first point for x86_64. */
interface Options {
  readonly target?: Target;
  readonly context?: Context;
  readonly fragment?: string;
  readonly previous?: BuildResult;
  readonly point?: number;
}

/** Configures and builds the workshop's tree. */
export async function makeKernel(shop: Workshop, options: Options = {}): Promise<BuildResult> {
  const context = options.context ?? shop.context();
  const target = options.target ?? x86_64;
  const source = await shop.source(options.point ?? 0);
  const fragments = await shop.fragment(options.fragment ?? 'CONFIG_SMP=y\n');
  const configured = await configure({ source, target, toolchain: gcc, fragments }, context);
  const previous = options.previous === undefined ? {} : { previous: options.previous };
  return build({ source, target, toolchain: gcc, configure: configured, ...previous }, context);
}

/** The objects that the last make compiled. */
export async function compiledObjects(result: BuildResult): Promise<string[]> {
  const log = await readFile(result.log, 'utf8');
  return [...log.matchAll(/^ {2}CC +(\S+)$/gm)].map((match) => match[1] ?? '').sort();
}

/** An edit that brings a warning. */
export const withWarning = ['void fork_init(void)\n{', 'void fork_init(void)\n{\n\tint unused;\n'] as const;
