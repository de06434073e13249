import { hashValues } from '../../host/files/hash.ts';
import { copyHostile } from '../../host/files/hostile.ts';
import { mustReadText, readText } from '../../host/files/read.ts';
import { fromStore } from '../../host/files/store.ts';
import { userPath } from '../../host/files/user-path.ts';
import {
  canonicalConfig,
  describeLost,
  type Fragment,
  findLost,
  type LostOption,
  type MergedFragments,
  mergeFragments,
  parseConfig,
  parseFragment,
  type ResolvedConfig,
} from '../../kconfig/index.ts';
import { type BuildFinding, makeIdentity, readBuildLog } from '../../make/index.ts';
import {
  type Cause,
  type ConfigureResult,
  type Context,
  canBoot,
  defined,
  type Source,
  type SourceLocation,
  type Target,
  type Toolchain,
  warning,
} from '../../model/index.ts';
import { withStage } from '../with-stage.ts';
import { explainOptions } from './explain-options.ts';
import { hostileProblem, type KernelMake, kernelMake, throwHostFault } from './make.ts';
import { originKey, placeOf, withBuildPlace } from './place.ts';
import { toolchainIdentity } from './toolchain.ts';

/** A fragment, and whether it may say otherwise than those before it. */
export interface FragmentUse {
  readonly path: string;
  readonly overrides?: boolean;
  /** It comes behind all others, for it has the last word. */
  readonly last?: true;
  /** What a kernel cannot have of it is left out, and said in the result. */
  readonly optional?: true;
  /** Of a fragment that no user wrote: the file that asks for its options. */
  readonly from?: string;
  /** Of a fragment that is no file: what stands in it; the path names it then. Any other one may say otherwise. */
  readonly text?: string;
}

export interface ConfigureRequest {
  readonly source: Source;
  readonly target: Target;
  readonly toolchain: Toolchain;
  /** In the order in which they are merged. */
  readonly fragments: readonly FragmentUse[];
  /** The result of an earlier point: an option that survived there and is lost here is the kernel's fault. */
  readonly previous?: ConfigureResult;
  /** Options that later patches bring, by symbol: what asks for them is right, and too early here. */
  readonly later?: () => Promise<Pick<ReadonlySet<string>, 'has'>>;
  /** Name of the project's configuration (`debug`); each has a build directory of its own. */
  readonly configuration?: string;
  /** What its cell is called; the target's name when absent. */
  readonly column?: string;
}

/** A change of this number makes every stored configuration stale. */
const format = 2;

/** Where in the build directory kconfig writes what it has resolved. */
const resolvedDirectory = '.quiltboot';
const resolvedFile = `${resolvedDirectory}/config`;

/** Most bytes of a configuration. */
const mostBytes = 4 * 2 ** 20;

interface StoredConfigure {
  readonly format: typeof format;
  /** Whether kconfig wrote a configuration at all. */
  readonly resolved: boolean;
  readonly warnings: readonly BuildFinding[];
  /** The end of what make said, when it failed. */
  readonly excerpt: readonly string[];
  /** Why options were lost, by symbol. */
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * Resolves the fragments over `allnoconfig`. An option that did not survive is a failed result that says why, and so is
 * a tree whose Kconfig files don't parse. An option that a later patch brings is left out, and for a target that nothing
 * boots one that it never had.
 *
 * @throws UserError for a fragment that is missing, can't be read, or disagrees with another
 * @throws HostError for a missing compiler or tool, a full disk, a killed make
 */
export async function configure(request: ConfigureRequest, context: Context): Promise<ConfigureResult> {
  const { source, target, toolchain } = request;
  const cell = { point: source.point, target: request.column ?? target.name };
  return await withStage(context, { stage: 'configure', what: cell.target, cell }, async () => {
    const merged = mergeFragments(
      await Promise.all(request.fragments.map((use) => readFragment(use, source.kernelVersion))),
    );
    const identity = await toolchainIdentity(target, toolchain);
    const entry = await fromStore<StoredConfigure>({
      store: context.cache.store,
      shared: context.shared,
      kind: 'configure',
      key: hashValues(
        format,
        source.id,
        makeIdentity(target, toolchain, source.kernelVersion),
        merged.text,
        identity,
        originKey(source.origin),
      ),
      fresh: context.fresh,
      say: warning(context),
      keep: ({ resolved }) => resolved,
      make: (directory) => resolve(request, merged, directory, context),
    });
    const judged = await judge(entry.result, entry.directory, merged, request);
    return { result: { ...judged, reused: entry.reused, ...defined({ taken: entry.taken }) } };
  });
}

async function readFragment(
  { path: file, overrides = false, text }: FragmentUse,
  kernelVersion: string,
): Promise<Fragment> {
  if (text !== undefined) return { ...parseFragment(text, file, kernelVersion), weak: true };
  return { ...parseFragment(await mustReadText(await fragmentFile(file)), file, kernelVersion), overrides };
}

/** The path of a fragment that is there. Throws UserError otherwise. */
export async function fragmentFile(file: string, location?: SourceLocation): Promise<string> {
  const hint = 'expected a file of CONFIG_ lines: check the path, or at the fragments in the project file';
  return userPath('file', { path: file, what: 'kconfig fragment', hint, ...defined({ location }) });
}

async function resolve(
  request: ConfigureRequest,
  merged: MergedFragments,
  store: string,
  context: Context,
): Promise<StoredConfigure> {
  const { source } = request;
  const worktree = await source.checkout();
  const place = placeOf(context, source, request, request.configuration ?? 'default');
  const logFile = `${store}/configure.log`;
  return withBuildPlace(context, place, source, async () => {
    // The directory's own .config stays as it is: its time of change decides what make rebuilds.
    const asked: KernelMake = {
      ...request,
      worktree,
      place,
      goal: 'allnoconfig',
      logFile,
      files: { allnoconfig: merged.text },
      before: `rm -rf ${resolvedDirectory} && mkdir ${resolvedDirectory} || exit 1`,
      variables: (places) => ({
        KCONFIG_ALLCONFIG: `${places.own}/allnoconfig`,
        KCONFIG_CONFIG: `${places.directory}/${resolvedFile}`,
      }),
    };
    const make = await kernelMake(asked, context);
    const log = (await readText(logFile)) ?? '';
    const { findings } = readBuildLog(log, make.room.places);
    const ofKconfig = findings.filter(({ diagnostic }) => diagnostic.object === undefined);
    if (!make.succeeded) await throwHostFault(asked, make, log, 'configure');
    const source = { root: place.directory, file: resolvedFile, limit: mostBytes };
    const problem = make.succeeded ? await hostileProblem(() => copyHostile(source, `${store}/config`)) : undefined;
    if (!make.succeeded || problem !== undefined) {
      const errors = findings.filter(({ diagnostic }) => diagnostic.severity === 'error');
      const said = errors[0]?.lines ?? log.trimEnd().split('\n').slice(-15);
      return { format, resolved: false, warnings: [], excerpt: problem === undefined ? said : [problem], reasons: {} };
    }
    const config = parseConfig((await readText(`${store}/config`)) ?? '');
    const lost = findLost(merged.options.values(), config);
    const reasons = lost.length === 0 ? {} : await explainOptions(lost, config, { ...request, worktree });
    const warnings = ofKconfig.filter(({ diagnostic }) => diagnostic.severity === 'warning');
    return { format, resolved: true, warnings, excerpt: [], reasons };
  });
}

async function judge(
  stored: StoredConfigure,
  directory: string,
  merged: MergedFragments,
  request: Pick<ConfigureRequest, 'previous' | 'fragments' | 'target' | 'later'>,
): Promise<Omit<ConfigureResult, 'ms' | 'reused'>> {
  if (!stored.resolved) {
    const summary = 'the Kconfig files of the tree cannot be read';
    const log = `${directory}/configure.log`;
    return { stage: 'configure', outcome: 'fail', cause: { blame: 'kernel', summary, excerpt: stored.excerpt, log } };
  }
  const file = `${directory}/config`;
  const config = parseConfig((await readText(file)) ?? '');
  const all = findLost(merged.options.values(), config);
  const optional = new Set(request.fragments.filter((use) => use.optional).map((use) => use.path));
  const lost = all.filter((option) => !optional.has(option.file));
  const unmet = all.filter((option) => optional.has(option.file));
  const common = {
    stage: 'configure',
    config: file,
    configHash: hashValues(canonicalConfig(config)),
    warnings: stored.warnings.map(({ diagnostic }) => diagnostic),
    ...(unmet.length > 0 && {
      unmet: unmet.map(
        ({ symbol }) => `CONFIG_${symbol} is not set: ${stored.reasons[symbol] ?? 'this kernel does not have it'}`,
      ),
    }),
  } as const;
  if (lost.length === 0) return { ...common, outcome: 'pass' };
  const before = await resolvedBefore(request.previous);
  const survived = before === undefined ? [] : lost.filter((option) => findLost([option], before).length === 0);
  // A guest needs what the fragments ask for; to compile what there is tells something as well.
  const partial = !canBoot(request.target);
  const later = await request.later?.();
  const wrong = lost.filter((option) => survived.includes(option) || !(partial || later?.has(option.symbol)));
  if (wrong.length === 0) return { ...common, outcome: 'pass', left: lost.map(({ symbol }) => symbol) };
  // A fragment that never fitted is the user's; one that fitted until this patch shows what the patch broke.
  const blame = survived.length > 0 ? 'kernel' : 'user';
  const cause = lostCause(wrong, blame, stored.reasons, request.fragments);
  return { ...common, outcome: 'fail', cause };
}

async function resolvedBefore(previous: ConfigureResult | undefined): Promise<ResolvedConfig | undefined> {
  return previous?.config === undefined ? undefined : parseConfig((await readText(previous.config)) ?? '');
}

function lostCause(
  lost: readonly LostOption[],
  blame: Cause['blame'],
  reasons: Readonly<Record<string, string>>,
  fragments: readonly FragmentUse[],
): Cause {
  const names = lost.map(({ symbol }) => `CONFIG_${symbol}`);
  const some = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return {
    blame,
    summary: `${lost.length === 1 ? 'an option' : `${lost.length} options`} of the fragments did not survive: ${some}`,
    excerpt: lost.flatMap((option) => {
      const reason = reasons[option.symbol];
      const from = fragments.find(({ path: file }) => file === option.file)?.from;
      return [describeLost(option), ...indented(reason), ...indented(from && doWithout(from, option.symbol))];
    }),
  };
}

function indented(line: string | undefined): string[] {
  return line === undefined ? [] : [`    ${line}`];
}

function doWithout(from: string, symbol: string): string {
  return `${from} asks for it; a fragment of yours with "# CONFIG_${symbol} is not set" does without`;
}
