import { type Command, Option } from 'commander';
import { parseFormat, type ReportKind, reportKinds } from '../report/index.ts';
import { parseShard } from '../results/index.ts';
import { list, parseFlaky, percent, positive, seed, several } from './parsers.ts';

/** Options that several commands share, each written once. */

/** Allocations of one case that fail where nobody says how many: more than nearly all cases make. */
export const mostFaults = 500;

export interface Format {
  readonly kind: ReportKind;
  readonly file?: string;
}

export const option = {
  points: () => new Option('--points <which>', 'all, final, K (0 is the base), A..B, or several with commas'),
  fix: () =>
    new Option(
      '--fix [how]',
      'if a build fails for a missing #include, add it to the patch that needs it (amend) or as a follow-up patch ' +
        '(patch), once the changed queue builds on every target',
    )
      .choices(['amend', 'patch'])
      .conflicts('withoutFix'),
  suite: () =>
    new Option(
      '--suite <glob>',
      'suites instead of the series’ own: a name, a file or a glob; may be repeated',
    ).argParser(several),
  case: () => new Option('--case <text>', 'only cases whose name contains this'),
  shuffle: () =>
    new Option(
      '--shuffle [seed]',
      'run cases in another order; the seed is printed, and gives the same order again',
    ).argParser(seed),
  format: () =>
    new Option('--format <kind[=file]>', 'report to print; with =FILE to write it; may be repeated')
      .choices(reportKinds)
      // The choices are for help and completion: a file may follow them.
      .argParser((text: string, before: readonly Format[] | undefined) => [...(before ?? []), parseFormat(text)]),
  out: (place = '.quiltboot/runs', what = 'where runs are stored') =>
    new Option('--out <dir>', what).default(place, `${place} beside the project file`),
  repeat: () =>
    new Option('--repeat <n>', 'passes required before a point counts as good (for intermittent failures)').argParser(
      positive,
    ),
  jobs: () =>
    new Option(
      '-j, --jobs <n>',
      'compiler jobs at once, of all targets together (default: the number of CPUs)',
    ).argParser(positive),
  guests: () => new Option('--guests <n>', 'guests at once (default: the number of CPUs)').argParser(positive),
  fresh: () => new Option('--fresh', 'take nothing from the store'),
  against: () =>
    new Option(
      '--against <run>',
      'compare with an earlier run (its directory or run.json): show what is new, fixed or flaky',
    ),
  failOn: () =>
    new Option(
      '--fail-on <which>',
      'failures that make the exit status 1: any, or only those that are new compared with --against',
    )
      .choices(['any', 'new'])
      .default('any'),
  shard: () =>
    new Option(
      '--shard <part>',
      'only this part of the matrix: I/N, or TARGET:A..B; "quiltboot merge" joins the parts',
    ).argParser(parseShard),
  queue: () => new Option('--queue <url>', 'a Redis that workers take chains from: redis://host:6379'),
  store: () =>
    new Option(
      '--store <place>',
      'take results from a store that machines share, and give it those made here: a directory or an http(s):// address',
    ),
  storeKey: () =>
    new Option(
      '--store-key <file>',
      'keys of the store, as PEM: a private one to give results, and those of whoever is believed (default: ' +
        '$QUILTBOOT_STORE_KEY or ~/.config/quiltboot/store.pem)',
    ),
  reruns: () =>
    new Option('--reruns <n>', 'rerun a failing case up to n times; one that passes then is flaky').argParser(positive),
  leaks: () =>
    new Option(
      '--leaks <n>',
      'repeat each case that passes n times in its guest, twice; it fails where slab caches grow each time',
    ).argParser(positive),
  faults: () =>
    new Option(
      '--faults [n]',
      `let the allocations of each case that passes fail, one by one and at most n (default: ${mostFaults}), each in a fresh guest; a crash or a leak fails the case`,
    ).argParser(positive),
  coverage: () =>
    new Option(
      '--coverage',
      'compile the objects that the series changes so that they count, and say which new lines the cases execute',
    ),
  failUnder: () =>
    new Option(
      '--fail-under <percent>',
      'with --coverage: fail where cases execute less than this part of the new lines of the series on a target',
    )
      .argParser(percent)
      .implies({ coverage: true }),
  flaky: () =>
    new Option(
      '--flaky <rule>',
      'how to judge a flaky case: warn (it passes), fail, or a rate such as 10%, above which it fails (default: the project’s)',
    ).argParser(parseFlaky),
  keepGoing: () => new Option('-k, --keep-going', 'continue with later points after a failure'),
  skipMissing: () =>
    new Option(
      '--skip-missing',
      'leave out targets that this machine has no compiler for; without it their cells are not run and the run ends with 69',
    ),
  kernel: () =>
    new Option(
      '--kernel <image>',
      'boot this image, or the one of a Debian package (debian:linux-image-amd64, debian:linux-image-amd64/trixie), instead of one that quiltboot builds',
    ),
  gdb: () => new Option('--gdb', 'let the guest wait for gdb and print the commands to connect; deadlines are off'),
  dialect: () =>
    new Option(
      '--dialect <name>',
      'dialect of the suites: a name that their directory brings (default: the series’ own)',
    ),
  features: () =>
    new Option(
      '--features <names>',
      'features that the kernel has, with commas (default: all of the series)',
    ).argParser(list),
};

/** How much a command that builds and boots does at once, and whether it starts over. */
export function withWork(command: Command): Command {
  return command.addOption(option.jobs()).addOption(option.guests()).addOption(option.fresh());
}
