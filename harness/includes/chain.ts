import type { Edge } from '../model/index.ts';
import { conditionsAt, type IncludeCondition } from './conditions.ts';
import { isPartOf } from './headers.ts';
import { chainTo, type Unit } from './unit.ts';

/** Reads a file of the tree, or of the build directory where it is generated. */
export type ReadText = (file: string) => Promise<string | undefined>;

/** A unit with the target and the configuration that it belongs to. */
export interface UnitOn {
  readonly target: string;
  readonly unit: Unit;
  /** Value of an option with `CONFIG_`; undefined for one that is not set. */
  readonly option: (name: string) => string | undefined;
}

/** `CONFIG_HIGHMEM is not set on s390x (y on i386)`, for each option that differs. */
function describeOptions(options: readonly string[], here: UnitOn, there: UnitOn): string[] {
  return options
    .filter((name) => here.option(name) !== there.option(name))
    .map((name) => {
      const [mine, other] = [here.option(name), there.option(name)];
      return `${name} is ${mine ?? 'not set'} on ${here.target} (${other ?? 'not set'} on ${there.target})`;
    });
}

/** `#ifdef CONFIG_HIGHMEM (include/linux/highmem.h:9)`, all of them. */
export function describeConditions(conditions: readonly IncludeCondition[], file: string): string {
  return conditions.map(({ text, line }) => `${text} (${file}:${line})`).join(' and ');
}

/** Why a unit does not come to the end of a chain on which another one does: the first step that it does not take. */
export async function explainBreak(
  failing: UnitOn,
  passing: UnitOn,
  chain: readonly Edge[],
  read: ReadText,
): Promise<string | undefined> {
  const { target, unit } = failing;
  for (const edge of chain) {
    if (edge.to === undefined || unit.files.has(edge.to)) continue;
    const place = `${edge.from}:${edge.line}`;
    const other = unit.edges.find(({ from, line }) => from === edge.from && line === edge.line);
    if (other) {
      return `${target} does not: at ${place} ${other.spec} is ${other.to ?? 'another file'} there, which does not lead to it`;
    }
    const conditions = conditionsAt((await read(edge.from)) ?? '', edge.line);
    const differing = describeOptions([...new Set(conditions.flatMap(({ options }) => options))], failing, passing);
    const reason = conditions.length === 0 ? '' : ` only under ${describeConditions(conditions, edge.from)}`;
    const values = differing.length === 0 ? '' : `; ${differing.join(', ')}`;
    return `${target} does not: ${place} includes ${edge.spec}${reason}${values}`;
  }
  return undefined;
}

/** What a declaration is under in a header that the failing unit has as well. */
export async function explainHidden(file: string, line: number, read: ReadText): Promise<string | undefined> {
  const conditions = conditionsAt((await read(file)) ?? '', line);
  return conditions.length === 0 ? undefined : describeConditions(conditions, file);
}

/** The header to include for what a header declares: itself, or the one that it is a part of. */
export async function publicHeader(unit: Unit, file: string, read: ReadText): Promise<string> {
  let at = file;
  for (const edge of chainTo(unit, file).reverse()) {
    if (edge.from === unit.main || !edge.from.endsWith('.h')) break;
    if (!isPartOf(at, edge.from, await read(at), 'strict')) break;
    at = edge.from;
  }
  return at;
}
