import path from 'node:path';
import { describePredicate, type Fault, lastStageOf, needsOf } from '../../bisect/index.ts';
import { hashValues } from '../../host/files/hash.ts';
import { withScratch } from '../../host/files/scratch.ts';
import type { Context, Observation, Predicate, Project, Target } from '../../model/index.ts';
import { defined } from '../../model/index.ts';
import { bootTarget } from '../../targets/index.ts';
import { applyOverride } from '../../tree/override.ts';
import type { Selection } from '../run/select.ts';
import { readSeries } from '../series/read.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { workTree } from './tree.ts';
import { judgeTry } from './try.ts';

export interface StepRequest {
  readonly project: Project;
  /** Its recipe says what the work tree that is judged needs beside its source. */
  readonly selection: Selection;
  readonly target: Target;
  readonly predicate: Predicate;
  /** A failure in one of so many tries makes it bad. */
  readonly repeat: number;
  readonly suites?: readonly string[];
  /** The work tree: what is built for it goes on from what was built for it before. */
  readonly directory: string;
}

/**
 * Judges a work tree as it is, with the series on top, for somebody else's bisection. Logs are not kept: the excerpt has
 * what matters.
 */
export async function step(request: StepRequest, context: Context): Promise<Observation | Fault> {
  const { predicate, target, directory } = request;
  const override = { name: request.selection.recipe.name, source: { kind: 'directory', place: directory } } as const;
  const recipe = applyOverride(request.selection.recipe, override, directory);
  const selection = { ...request.selection, recipe };
  const series = await readSeries(selection.spec, context.signal);
  const needs = needsOf(predicate);
  const withSuites = needs.suites === true || request.suites !== undefined;
  const suites = withSuites ? await chooseSuites(request.suites, series, request.project) : [];
  const stage = lastStageOf(predicate, withSuites);
  if (stage !== 'build') bootTarget(target);
  await checkSuites({ suites, series, project: request.project, ...defined({ match: needs.case }) }, context);
  context.emit({ type: 'search', text: `${directory} on ${target.name}; ${describePredicate(predicate)}` });
  const boots = new Map<string, number>();
  return await withScratch({ purpose: 'step', parent: context.cache.root }, async (scratch) => {
    for (let attempt = 1; ; attempt++) {
      const name = String(attempt);
      const work = await workTree(
        { selection, series, target, shared: `step-${hashValues(directory).slice(0, 12)}` },
        {
          context,
          again: attempt > 1,
          suites,
          boots,
          directory: { path: path.join(scratch, name) },
          request: {
            until: lastStageOf(predicate, withSuites),
            ...defined({ case: needs.case }),
          },
        },
      );
      const seen = await judgeTry(predicate, work, { directory: scratch, name }, []);
      if (seen.sign !== 'good' || seen.settled || attempt >= request.repeat) return seen;
    }
  });
}
