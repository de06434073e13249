import { hashValues } from '../../host/files/hash.ts';
import { describeMachine } from '../../host/machine.ts';
import { versionLine } from '../../host/make/toolchain.ts';
import { defined, type Project, type Run, type Series, type Target } from '../../model/index.ts';
import type { RunFacts } from '../../results/index.ts';
import { ownVersion } from '../version.ts';
import type { LastStage, RunRequest } from './request.ts';
import type { Selection } from './select.ts';

/** Tools that decide no result. */
const immaterial = ['node', 'git'];

/** What the tools say of themselves that decide what chains of a target end as, quiltboot among them; absent where there is none. */
export async function toolVersions(target: Target): Promise<Readonly<Record<string, string>>> {
  const { versions } = await describeMachine([target]);
  const linker = `${target.crossCompile}ld`;
  return {
    ...Object.fromEntries(Object.entries(versions).filter(([name]) => !immaterial.includes(name))),
    ...defined({ [linker]: await versionLine(linker) }),
    quiltboot: await ownVersion(),
  };
}

/** What a user chose to run in guests, as words of a command line. */
export function choiceWords({
  suites = [],
  case: match,
  seed,
  reruns,
  leaks,
  faults,
}: Pick<RunRequest, 'suites' | 'case' | 'seed' | 'reruns' | 'leaks' | 'faults'>): string[] {
  return [
    ...suites.flatMap((one) => ['--suite', one]),
    ...(match === undefined ? [] : ['--case', match]),
    ...(seed === undefined ? [] : ['--shuffle', String(seed)]),
    ...(reruns === undefined ? [] : ['--reruns', String(reruns.times), '--flaky', String(reruns.tolerated)]),
    ...(leaks === undefined ? [] : ['--leaks', String(leaks)]),
    ...(faults === undefined ? [] : ['--faults', String(faults)]),
  ];
}

/** What chains of one target have in common. */
export interface KeyFacts {
  readonly facts: RunFacts;
  readonly series: Series;
  readonly selection: Selection;
  readonly known: Project['known'];
  readonly target: Target;
  /** See {@link toolVersions}. */
  readonly versions: Readonly<Record<string, string>>;
  /** See {@link choiceWords}. */
  readonly words: readonly string[];
  readonly until: LastStage;
  /** See {@link unnamedInputs}. */
  readonly unnamed: string;
}

/** Over all that decides what the cells of a chain end as: patches behind its last point are not among it. */
export function chainKey(
  { facts, series, selection, known = [], target, versions, words, until, unnamed }: KeyFacts,
  points: readonly number[],
): string {
  const { tree, inputs } = facts;
  const patches = series.patches.slice(0, points.at(-1) ?? 0).map(({ hash }) => hash);
  const { toolchain, fragments = {}, suites } = (inputs ?? {}) as Partial<NonNullable<Run['inputs']>>;
  return hashValues(
    'chain',
    [tree.key, patches, target.name, points],
    [toolchain ?? null, fragments[target.name] ?? null, suites ?? null],
    Object.entries(versions).sort(([one], [other]) => one.localeCompare(other)),
    [selection.machine(target), selection.configuration ?? null, selection.spec.trust ?? null, words, until, unnamed],
    known.map((one) => [one.case, one.title, one.target, one.until, one.why]),
  );
}
