import { UserError } from '../model/index.ts';

/**
 * The points that a selection names, ascending: `all`, `final`, `K`, `A..B`, or several of them with commas.
 *
 * @param last index of the last patch, thus the last point
 */
export function parsePoints(selection: string, last: number): number[] {
  const chosen = new Set<number>();
  for (const part of selection.split(',').map((one) => one.trim())) {
    for (const point of parsePart(part, selection, last)) chosen.add(point);
  }
  return [...chosen].sort((a, b) => a - b);
}

function parsePart(part: string, selection: string, last: number): number[] {
  if (part === 'all') return range(0, last);
  if (part === 'final') return [last];
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(part);
  const from = Number(match?.[1] ?? Number.NaN);
  const to = match?.[2] === undefined ? from : Number(match[2]);
  if (match && from <= to && to <= last) return range(from, to);
  throw new UserError(
    `--points ${selection}: ${match ? `there are points 0 to ${last}` : `"${part}" is not a point`}`,
    {
      code: 'QB-SELECTION',
      hint: `allowed: all, final, a number K from 0 (the base) to ${last}, a range A..B, or several with commas`,
    },
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
