import { InvalidArgumentError } from 'commander';
import { parseSize } from '../model/index.ts';
import { toleratedRate } from '../project/index.ts';

/** Values of options, read from words; a bad one is commander's InvalidArgumentError. */

export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.');
  return value;
}

/** A part of all, in percent. */
export function percent(text: string): number {
  const value = Number(text.replace(/\s*%$/, ''));
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('expected a percentage from 0 to 100.');
  return value;
}

/** A number of days, which may be 0 or a part of one. */
export function days(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('expected a number of days from 0.');
  return value;
}

/** Bytes of `20G`. */
export function parseBytes(text: string): number {
  const value = parseSize(text);
  if (value === undefined) throw new InvalidArgumentError('expected a size such as 20G or 500M.');
  return value;
}

export function seed(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError('expected a whole number below 2 to the 32nd.');
  return value;
}

/** Words with commas between them; the option may be repeated. */
export function list(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(',').filter((word) => word !== '')];
}

/** One word for each time that the option is given. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** `warn`, `fail` or a rate: the part of its tries that a flaky case may fail. */
export function parseFlaky(text: string): number {
  const rate = toleratedRate(text);
  if (rate === undefined) throw new InvalidArgumentError('expected warn, fail, or a rate such as 10%.');
  return rate;
}
