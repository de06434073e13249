import os from 'node:os';
import Table from 'cli-table3';

/** One measured figure beside the limit that the project has set itself. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  /** The limit is the least that is good, not the most. */
  readonly atLeast?: boolean;
  /** What the figure was made of. */
  readonly detail?: string;
}

/** The middle one of the numbers, or the mean of the middle two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Prints figures, limits and the machine that they were measured on. */
export function printFigures(figures: readonly Figure[], versions: Readonly<Record<string, string>>): void {
  const table = new Table({ head: ['figure', 'measured', 'limit', '', 'made of'], style: { head: [], border: [] } });
  for (const { name, value, limit, atLeast = false, detail = '' } of figures) {
    const good = atLeast ? value >= limit : value <= limit;
    table.push([name, value.toFixed(2), `${atLeast ? '>=' : '<='} ${limit}`, good ? 'ok' : 'MISSED', detail]);
  }
  console.log(table.toString());
  console.log(
    `${os.cpus()[0]?.model ?? os.arch()}, ${os.availableParallelism()} CPUs, load ${os
      .loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}`,
  );
  for (const [name, version] of Object.entries(versions)) console.log(`${name}: ${version}`);
}
