import { hashValues } from '../../host/files/hash.ts';
import { fromStore } from '../../host/files/store.ts';
import { type Context, HostError, nearest, type Project, type Series, UserError, warning } from '../../model/index.ts';
import { caseKey, type DeclaredCase, isMatched } from '../../model/suite.ts';
import { cannotStart, causeOfDeath } from './death.ts';
import { dialectModules } from './dialects.ts';
import { namedSuites } from './names.ts';
import { nothingMatches } from './nothing-matches.ts';
import { byRunner, suiteHash } from './runner/index.ts';

export interface SuiteCheck {
  /** Absolute paths of suite files. */
  readonly suites: readonly string[];
  readonly series: Pick<Series, 'name' | 'features' | 'dialect'>;
  readonly project: Pick<Project, 'series'>;
  /** Only cases whose suite and name contain this text, ignoring case. */
  readonly match?: string;
}

/** A change of this number makes every stored inspection stale. */
const format = 2;

interface Inspection {
  readonly cases: readonly DeclaredCase[];
  /** Some of the suites tell only when they run which cases they have. */
  readonly open: boolean;
  /** Why suites cannot be used. */
  readonly broken: readonly { readonly suite: string; readonly summary: string; readonly excerpt: readonly string[] }[];
}

/**
 * Loads the suites of a run before anything is built for it, and checks what they ask for.
 *
 * @throws UserError for a suite that cannot be loaded, a feature that nobody knows, and where no case is chosen
 * @throws HostError, InterruptedError
 */
export async function checkSuites(check: SuiteCheck, context: Context): Promise<void> {
  const { suites, series, match } = check;
  if (suites.length === 0) return;
  const { dialect } = series;
  const modules = await dialectModules(suites, dialect);
  const named = await namedSuites(suites, dialect);
  const { result } = await fromStore<Inspection>({
    store: context.cache.store,
    kind: 'suites',
    key: hashValues(
      format,
      await suiteHash(suites, modules),
      named.map(({ name }) => name),
      dialect ?? null,
    ),
    fresh: false,
    say: warning(context),
    keep: ({ broken }) => broken.length === 0,
    make: () => inspect(named, context.signal),
  });
  const [broken] = result.broken;
  if (broken) {
    throw new UserError(`the suite ${broken.suite} cannot be loaded: ${broken.summary}`, {
      code: 'QB-SUITE-FILE',
      hint: broken.excerpt.join('\n') || 'fix the file, or leave it out with --suite',
    });
  }
  checkNeeds(result.cases, check);
  if (match !== undefined && !result.open && !result.cases.some((one) => isMatched(one, match))) {
    throw nothingMatches(
      match,
      result.cases.map(({ name }) => name),
      suites,
    );
  }
}

async function inspect(named: Awaited<ReturnType<typeof namedSuites>>, signal: AbortSignal): Promise<Inspection> {
  const cases: DeclaredCase[] = [];
  const broken: Inspection['broken'][number][] = [];
  let open = false;
  for (const [runner, suites] of byRunner(named)) {
    const run = await runner.inspect(suites, signal);
    open ||= run.open === true;
    cases.push(...[...run.declared.values()].map(({ suite, name, needs }) => ({ suite, name, needs })));
    for (const { suite, cause } of run.results) {
      broken.push({ suite, summary: cause?.summary ?? 'it does not load', excerpt: cause?.excerpt ?? [] });
    }
    if (run.loaded) continue;
    if (run.loading === undefined) throw cannotStart(run);
    const { blame, summary, excerpt } = causeOfDeath(run);
    if (blame === 'host') throw new HostError(summary, { hint: [...excerpt, 'run again'].join('\n'), retryable: true });
    broken.push({ suite: run.loading, summary, excerpt });
  }
  return { cases, open, broken };
}

/** Features that any series of the project has, for suites are shared; one that none has is a slip. */
function checkNeeds(cases: readonly DeclaredCase[], { series, project }: SuiteCheck): void {
  const others = Object.values(project.series).flatMap((bases) =>
    Object.values(bases).flatMap(({ features }) => Object.keys(features)),
  );
  const known = [...new Set([...Object.keys(series.features), ...others])];
  for (const { suite, name, needs } of cases) {
    const unknown = needs.find((need) => !known.includes(need));
    if (unknown === undefined) continue;
    const guess = nearest(unknown, known);
    const meant = guess === undefined ? '' : `; did you mean "${guess}"?`;
    throw new UserError(
      `the case "${caseKey(suite, name)}" needs the feature "${unknown}", which no series of the project has${meant}`,
      {
        code: 'QB-NAME',
        hint:
          known.length > 0
            ? `features: ${known.join(', ')}`
            : `say in the project file which patch of ${series.name} brings it: features: {${unknown}: FILE.patch}`,
      },
    );
  }
}
