import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** A made-up log and what it has to be read as. */
export interface LogCase {
  readonly log: string;
  /** Reports of severity error and fatal; 1 unless given. */
  readonly reports?: number;
  readonly family?: string;
  readonly severity?: 'error' | 'fatal';
  /** Parts of the title of the first report. */
  readonly title?: string | readonly string[];
  /** What the title does not hold. */
  readonly not?: string;
  /** How its trace begins, functions that only report left aside. */
  readonly trace?: readonly string[];
  /** Text that its excerpt holds. */
  readonly excerpt?: string;
}

const directory = path.resolve(import.meta.dirname, '../fixtures/log-kinds');

function casesIn(file: string): readonly (readonly [string, LogCase])[] {
  return Object.entries(parse(readFileSync(path.join(directory, file), 'utf8')) as Readonly<Record<string, LogCase>>);
}

/** The logs of tests/fixtures/log-kinds, by what they show. */
export function logCases(): readonly (readonly [string, LogCase])[] {
  return readdirSync(directory).sort().flatMap(casesIn);
}
