import { readText } from '../../host/files/read.ts';
import { parseConfig, type ResolvedConfig } from '../../kconfig/index.ts';
import { archOf, compiledOf, type Gate, gatesOf, isUsed, touchedKind } from '../../make/index.ts';
import {
  type BuildResult,
  type Compiled,
  HostError,
  type Patch,
  type Source,
  type Target,
  type TouchedFile,
  type Uncovered,
} from '../../model/index.ts';
import { explainOptions, treeReader } from './explain-options.ts';
import { readUsedFiles } from './used.ts';

export interface TouchedRequest {
  readonly patch: Pick<Patch, 'files'>;
  readonly source: Source;
  readonly target: Target;
  /** A build that succeeded. */
  readonly build: BuildResult;
  /** The build of the point before, which tells whether a file that the patch removes was in use. */
  readonly previous?: BuildResult;
  /** What the project says of the patch. */
  readonly rule?: Uncovered;
}

/** Finds out which files of a patch the kernel of its point was made with, and why it was not made with the others. */
export async function touchedFiles(request: TouchedRequest): Promise<Compiled> {
  const { patch, build, previous, source, rule } = request;
  const used = await readUsedFiles(build.usedFiles);
  const files = patch.files.map((path): TouchedFile => {
    return { path, kind: touchedKind(path), used: used !== undefined && isUsed(path, used) };
  });
  if (files.every((file) => file.used || file.kind === 'text')) return compiledOf(files, rule);
  if (used === undefined) {
    throw new HostError(`the list of what was compiled is gone: ${build.usedFiles ?? 'none was kept'}`, {
      hint: 'the cache was changed while it was used; run again',
      retryable: true,
    });
  }
  if (used.size === 0) {
    const reason = 'the build left no record of what it compiled';
    return compiledOf(
      files.map((file) => ({ ...file, reason })),
      rule,
    );
  }
  const worktree = await source.checkout();
  const read = treeReader(worktree);
  const before = await readUsedFiles(previous?.usedFiles);
  const config = parseConfig((await readText(build.configFile)) ?? '');
  const told: TouchedFile[] = [];
  for (const file of files) {
    if (file.used || file.kind === 'text') told.push(file);
    else if ((await read(file.path)) === undefined) told.push(removed(file, before));
    else told.push({ ...file, ...(await whyUnused(file, config, worktree, request)) });
  }
  return compiledOf(told, rule);
}

/** A file that is gone at this point: the patch shows where the point before was made with it. */
function removed(file: TouchedFile, before: ReadonlySet<string> | undefined): TouchedFile {
  if (before !== undefined && isUsed(file.path, before)) return { ...file, used: true };
  return { ...file, reason: 'the patch removes it, and it was not compiled before either' };
}

async function whyUnused(
  { path, kind }: TouchedFile,
  config: ResolvedConfig,
  worktree: string,
  { source, target }: TouchedRequest,
): Promise<Pick<TouchedFile, 'reason' | 'foreign'>> {
  const arch = archOf(path);
  if (arch !== undefined && arch !== target.sourceArch(source.kernelVersion)) {
    return { reason: `it is for another architecture (${arch})`, foreign: true };
  }
  const collection = /^tools\/testing\/selftests\/([\w-]+)\//.exec(path)?.[1];
  if (collection !== undefined)
    return { reason: `it belongs to a test that no suite of the run builds: kselftest:${collection}` };
  if (/^(?:tools|scripts)\//.test(path)) return { reason: 'it is not part of the kernel' };
  if (kind === 'kbuild') return { reason: 'this configuration does not use it' };
  const ways = await gatesOf(path, treeReader(worktree));
  if (ways === undefined) return { reason: 'no compiled file includes it' };
  if (ways.length === 0) return { reason: 'no makefile names it' };
  const closed = ways.map((way) => way.find((gate) => !isOpen(gate, config)));
  const first = closed.find((gate) => gate !== undefined);
  if (first === undefined || closed.includes(undefined)) return { reason: 'make did not compile it' };
  return { reason: await closedReason(first, config, { worktree, source, target }) };
}

function isOpen({ symbol, negated }: Gate, config: ResolvedConfig): boolean {
  return config.has(symbol) !== (negated ?? false);
}

async function closedReason(
  { symbol, negated }: Gate,
  config: ResolvedConfig,
  place: Parameters<typeof explainOptions>[2],
): Promise<string> {
  if (negated) return `CONFIG_${symbol} is set`;
  const reasons = await explainOptions([{ symbol, value: 'y' }], config, place);
  const why = reasons[symbol];
  return `CONFIG_${symbol} is not set${why === undefined ? '' : `: ${why}`}`;
}
