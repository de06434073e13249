import { type Cell, groupBy, type Run, type Subject, type TargetDifference } from '../model/index.ts';
import { badKeys, sightings } from './subjects.ts';

type Machines = NonNullable<Run['machines']>;

/** Whether a property has one value on all of the one set and another on all of the other. */
function tellsApart(property: (target: string) => unknown, bad: readonly string[], good: readonly string[]): boolean {
  const ofBad = new Set(bad.map(property));
  const ofGood = new Set(good.map(property));
  const [value] = ofBad;
  return ofBad.size === 1 && ofGood.size === 1 && value !== undefined && !ofGood.has(value) && !ofGood.has(undefined);
}

/** Whether a property has one value on all of the one set, and on none of the other. */
function isOneApart(property: (target: string) => unknown, bad: readonly string[], good: readonly string[]): boolean {
  const [value, ...more] = new Set(bad.map(property));
  return value !== undefined && more.length === 0 && !good.map(property).includes(value);
}

/** How many targets some columns are of: one that several compilers build is one. */
function targetsOf(machines: Machines, columns: readonly string[]): ReadonlySet<string> {
  return new Set(columns.map((column) => machines[column]?.target ?? column));
}

function kindOf(machines: Machines, bad: readonly string[], good: readonly string[]): TargetDifference['kind'] {
  const [ofBad, ofGood] = [targetsOf(machines, bad), targetsOf(machines, good)];
  // On one target the compilers are all that differs.
  const both = [...ofBad].some((target) => ofGood.has(target));
  if (both && isOneApart((column) => machines[column]?.toolchain, bad, good)) return 'toolchain';
  // One target a side differs in everything: that proves nothing about any one property.
  if (Math.max(ofBad.size, ofGood.size) < 2) return 'target';
  if (tellsApart((target) => machines[target]?.endian, bad, good)) return 'endian';
  return tellsApart((target) => machines[target]?.bits, bad, good) ? 'bits' : 'target';
}

/**
 * Cases and stages that pass on some targets and fail on others at the same point. Equal differences of several points
 * are one, with all of the points.
 */
export function findTargetDifferences(cells: readonly Cell[], machines: Machines): TargetDifference[] {
  const sorted = [...cells].sort((a, b) => a.point - b.point);
  const found = new Map<string, Omit<TargetDifference, 'points'> & { readonly points: number[] }>();
  for (const [point, row] of groupBy(sorted, (cell) => cell.point)) {
    const failing = badKeys(row);
    if (failing.size === 0) continue;
    const seen = new Map<string, { subject: Omit<Subject, 'target'>; bad: string[]; good: string[] }>();
    for (const cell of row) {
      for (const { subject, key, state } of sightings(cell, (one) => failing.has(one))) {
        if (state === 'unknown') continue;
        const { target, ...where } = subject;
        const one = seen.get(key) ?? { subject: where, bad: [], good: [] };
        one[state].push(target);
        seen.set(key, one);
      }
    }
    for (const [key, { subject, bad, good }] of seen) {
      if (bad.length === 0 || good.length === 0) continue;
      const id = `${key}\0${bad.join()}\0${good.join()}`;
      const known = found.get(id);
      if (known) known.points.push(point);
      else found.set(id, { ...subject, kind: kindOf(machines, bad, good), bad, good, points: [point] });
    }
  }
  return [...found.values()];
}
