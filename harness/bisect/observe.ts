import type { Observation, Predicate } from '../model/index.ts';
import { type Evidence, type Fault, type Surroundings, skipped } from './evidence.ts';
import { predicateKind, predicates } from './predicates/index.ts';

/** Decides a predicate for what a point showed. A point that did not come far enough for it can't be judged. */
export function observe(
  predicate: Predicate,
  evidence: Evidence,
  around: Surroundings,
  table = predicates,
): Observation | Fault {
  const { apply, configure, build, fault } = evidence;
  if (fault) return { sign: 'host', ...fault };
  if (apply.outcome !== 'pass') return skipped(apply.cause, 'the patches do not apply', true);
  const kind = predicateKind(predicate, table);
  if (configure?.outcome === 'pass' && build?.image !== undefined) {
    return kind.observe(predicate.text, { ...evidence, build }, around);
  }
  if (kind.unbuilt) return kind.unbuilt(evidence);
  if (configure?.outcome !== 'pass') return skipped(configure?.cause, 'it can’t be configured', true);
  return skipped(build?.cause, 'it does not build', true);
}
