import { InvalidArgumentError, Option } from 'commander';
import { parseFormat, type ReportKind, reportKinds } from '../report/index.ts';
import { parseShard } from '../results/index.ts';

/** Options that several commands share, each written once. */

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.');
  return value;
}

function list(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(',').filter((word) => word !== '')];
}

function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

export interface Format {
  readonly kind: ReportKind;
  readonly file?: string;
}

export const option = {
  tree: () =>
    new Option(
      '--tree <name>',
      'tree of the project file; NAME=git:PATH#REF, NAME=dir:PATH or NAME=tar:PATH takes it from elsewhere',
    ),
  target: () => new Option('--target <names>', 'targets, with commas: x86_64, i386, s390x').argParser(list),
  points: () => new Option('--points <which>', 'all, final, K (0 is the base), A..B, or several with commas'),
  config: () => new Option('--config <name>', 'a named configuration of the project file, for instance debug'),
  suite: () =>
    new Option(
      '--suite <glob>',
      'suites instead of the series’ own: a name, a file or a glob; may be repeated',
    ).argParser(several),
  case: () => new Option('--case <text>', 'only cases whose name contains this'),
  format: () =>
    new Option(
      '--format <kind[=file]>',
      `report to print: ${reportKinds.join(', ')}; with =FILE to write it; may be repeated`,
    ).argParser((text: string, before: readonly Format[] | undefined) => [...(before ?? []), parseFormat(text)]),
  out: () => new Option('--out <dir>', 'where runs are stored').default('.quiltboot/runs'),
  jobs: () => new Option('-j, --jobs <n>', 'compiler jobs at once (default: the number of CPUs)').argParser(positive),
  guests: () => new Option('--guests <n>', 'guests at once (default: the number of CPUs)').argParser(positive),
  fresh: () => new Option('--fresh', 'make everything anew instead of taking results from the store'),
  against: () =>
    new Option('--against <run>', 'compare with an earlier run: its directory or run.json; what is new, fixed, flaky'),
  shard: () =>
    new Option('--shard <i/n>', 'only this part of the matrix; "quiltboot merge" joins the parts').argParser(
      parseShard,
    ),
  reruns: () =>
    new Option('--reruns <n>', 'run cases that fail up to n more times; one that passes then is flaky').argParser(
      positive,
    ),
  keepGoing: () => new Option('-k, --keep-going', 'go on with later points after one has failed'),
  kernel: () => new Option('--kernel <image>', 'boot this image instead of one that quiltboot builds'),
  dialect: () => new Option('--dialect <name>', 'names that the kernel uses: container, cgroup-2007, cgroup1'),
  features: () =>
    new Option(
      '--features <names>',
      'features that the kernel has, with commas (default: all of the series)',
    ).argParser(list),
};
