import path from 'node:path';
import { describePredicate, lastStageOf, needsOf } from '../../bisect/index.ts';
import { hashValues } from '../../host/files/hash.ts';
import { type BisectResult, type Context, defined, UserError } from '../../model/index.ts';
import { bootTarget } from '../../targets/index.ts';
import { toolchainIdentity } from '../kernel/toolchain.ts';
import { locked } from '../locked.ts';
import { readSeries } from '../series/read.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { dialectModules } from '../suite/dialects.ts';
import { suiteHash } from '../suite/runner/index.ts';
import { openOptionsSpace } from './options.ts';
import { openRangeSpace } from './range.ts';
import { type BisectRequest, type Search } from './request.ts';
import { conclude, knownWarnings } from './search.ts';
import { openSeriesSpace } from './series.ts';
import type { Space } from './space.ts';
import { openBisectState } from './state.ts';

/** A change of this number makes every stored bisection start over. */
const format = 1;
/**
 * Looks for the patch, commit or option that makes the predicate true. Every observation is stored at once, so the same
 * request resumes where an earlier one stopped; `context.fresh` starts over.
 *
 * @throws UserError for ends that can't be judged, HostError when the machine stands in the way, InterruptedError
 */
export async function bisect(request: BisectRequest, context: Context): Promise<BisectResult> {
  const { predicate, selection } = request;
  const series = await readSeries(selection.spec, context.signal);
  const needs = needsOf(predicate);
  const withSuites = needs.suites === true || request.suites !== undefined;
  const suites = withSuites ? await chooseSuites(request.suites, series, request.project) : [];
  if (needs.suites && suites.length === 0) {
    throw new UserError(`series ${series.name} has no suites, so it has no case "${predicate.text ?? ''}"`, {
      code: 'QB-SELECTION',
      hint: 'name one with --suite, or say what is bad with --build, --boot, --log or --warning',
    });
  }
  await checkSuites({ suites, series, project: request.project, ...defined({ match: needs.case }) }, context);
  const stage = lastStageOf(predicate, withSuites);
  if (stage !== 'build') bootTarget(request.target);
  const space = await openSpace(request, stage, context);
  try {
    const identity = [
      format,
      space.identity,
      predicate,
      request.repeat,
      await suiteHash(suites, await dialectModules(suites, series.dialect)),
      selection.machine(request.target),
      selection.toolchain,
      await toolchainIdentity(request.target, selection.toolchain),
      ...(request.fixed ? ['fixed'] : []),
      ...(request.anyFailure ? ['any'] : []),
    ];
    const id = hashValues(identity).slice(0, 8);
    const name = `${series.name}-${selection.recipe.name}-${request.target.name}-${predicate.kind}-${id}`;
    const directory = path.join(request.out, name);
    return await locked(context, { name: `bisect-${id}`, purpose: `running the same bisection, ${name}` }, async () => {
      const state = await openBisectState(directory, space.title, context);
      context.emit({ type: 'search', text: `${space.title}; ${describePredicate(predicate)}` });
      if (state.tries.size > 0) {
        context.emit({
          type: 'search',
          text: `resuming with ${state.tries.size} known results (--fresh starts over)`,
        });
      }
      const search: Search = {
        request,
        context,
        space,
        state,
        directory,
        suites,
        known: [],
        boots: new Map(),
        hostFaults: new Map(),
      };
      return await conclude(search, await knownWarnings(search));
    });
  } finally {
    await space.close();
  }
}

function openSpace(request: BisectRequest, stage: 'build' | 'boot' | 'test', context: Context): Promise<Space> {
  const { predicate, range, options } = request;
  const common = { ...request, stage, ...defined({ case: needsOf(predicate).case }) };
  if (range !== undefined) return openRangeSpace({ ...common, range }, context);
  if (options)
    return openOptionsSpace(
      { ...common, points: 'final', ...definedPoints(request), ...options, directory: request.out },
      context,
    );
  return openSeriesSpace({ ...common, points: request.points ?? 'all' }, context);
}

function definedPoints({ points }: BisectRequest): { points?: string } {
  return points === undefined ? {} : { points };
}
