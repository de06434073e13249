/** What one code stands for; `quiltboot explain` prints it. */
export interface CodeText {
  /** The exit status of a command that ends because of it. */
  readonly status: 1 | 2 | 69 | 70 | 130;
  readonly meaning: string;
  /** A message that carries it, shortened. */
  readonly example: string;
  /** What the reader can do about it. */
  readonly cure: string;
}

/**
 * Stable names of everything that can go wrong, for a CI that has to match it. A name is never given another meaning; a
 * message may get a narrower one.
 */
export const codes = {
  'QB-USAGE': {
    status: 2,
    meaning: 'An option or argument of the command line is wrong.',
    example: "error: unknown option '--traget'",
    cure: 'quiltboot COMMAND --help shows what is allowed.',
  },
  'QB-PROJECT': {
    status: 2,
    meaning: 'The project file has a mistake.',
    example: 'quiltboot.yaml:12:7: trees.stable: exactly one source: debian, tarball, git or directory',
    cure: 'Fix the named line; docs/project-file.md has every key.',
  },
  'QB-NAME': {
    status: 2,
    meaning: 'A name is not known: of a series, tree, target, configuration, suite, feature or the like.',
    example: 'unknown target "s930x"; did you mean "s390x"?',
    cure: 'Use one of the names that the message lists.',
  },
  'QB-STORE-KEY': {
    status: 2,
    meaning: 'The file with the keys of a store has none that can be used.',
    example: '/home/me/.config/quiltboot/store.pem has a private key that others may read',
    cure: 'Make one with openssl genpkey -algorithm ed25519, readable by you alone.',
  },
  'QB-PATH': {
    status: 2,
    meaning: 'A path that you gave does not exist, or is of the wrong kind.',
    example: '/tmp is a directory, expected a kernel image',
    cure: 'Correct the path.',
  },
  'QB-QUEUE': {
    status: 2,
    meaning: 'A queue or one of its patches is malformed, or touches what it must not.',
    example: 'patches/mine/6.1/series:3: patch b.patch is not there',
    cure: 'Fix the file at the named line.',
  },
  'QB-IMPORT': {
    status: 2,
    meaning: 'The import source has no patch, or several series to choose from.',
    example: 'there are 3 series in thread.mbox; choose one with --pick',
    cure: 'Name the series, another source or another revision.',
  },
  'QB-FRAGMENT': {
    status: 2,
    meaning: 'A Kconfig fragment has a line that is no option.',
    example: 'mine.config:4: expected CONFIG_NAME=VALUE',
    cure: 'Fix the named line.',
  },
  'QB-SELECTION': {
    status: 2,
    meaning: 'What was selected is empty or contradicts itself: nothing would be tested.',
    example: 'no case has "clnoe" in its name; did you mean "clone"?',
    cure: 'Widen --points, --suite, --case or --shard.',
  },
  'QB-GUEST-FILE': {
    status: 2,
    meaning:
      'A program, file or script that guests were to get cannot be used: it does not compile, or would not run there.',
    example: 'tests/prodder.c does not compile for s390x: prodder.c:3:1: error: unknown type name',
    cure: 'Fix the source at the line that is named, or the entry under programs or files of the project file.',
  },
  'QB-SUITE-FILE': {
    status: 2,
    meaning: 'A suite cannot be loaded: a mistake in the file, a missing import, two cases of one name, no case.',
    example: 'the suite pulse cannot be loaded: suites/pulse.ts:7:12: Expected ")" but found "{"',
    cure: 'Fix the file at the named line, or leave the suite out with --suite.',
  },
  'QB-LOCKED': {
    status: 2,
    meaning: 'With --locked, a tree differs from the lock file, or is not in it.',
    example: 'tree linux-6.1 differs from quiltboot.lock: locked is linux-source-6.1 6.1.176-1, …',
    cure: 'Accept the change with quiltboot lock, or run without --locked.',
  },
  'QB-REVISION': {
    status: 2,
    meaning: 'A git repository has no such commit, tag or range.',
    example: 'there is no range v6.1..topic in ../linux',
    cure: 'Fetch it, or name another.',
  },
  'QB-STORED': {
    status: 2,
    meaning: 'A file that should hold a stored run or bisection does not.',
    example: 'report.txt is not a stored run',
    cure: 'Name a run directory or its run.json.',
  },
  'QB-BISECT-ENDS': {
    status: 2,
    meaning: 'There is nothing to bisect between: an end cannot be judged, or both are alike.',
    example: 'the good end fails already',
    cure: 'Choose other ends or another predicate.',
  },
  'QB-USER': {
    status: 2,
    meaning: 'Another mistake in what you gave.',
    example: '--fail-on new needs an earlier run',
    cure: 'The message says what was expected.',
  },
  'QB-TOOL': {
    status: 69,
    meaning: 'A program that is needed is missing or too old.',
    example: 'cannot run s390x-linux-gnu-gcc: not found',
    cure: 'quiltboot doctor prints the one line that installs what is missing.',
  },
  'QB-SANDBOX': {
    status: 69,
    meaning: 'Builds cannot be sandboxed here, and the series is not trusted.',
    example: 'no sandbox on this machine: bwrap: No permissions to create new namespace',
    cure: 'Allow user namespaces, use a kernel with Landlock (6.12), or run a series that you trust with --trust.',
  },
  'QB-DISK': {
    status: 69,
    meaning: 'A file cannot be read or written: no space, no permission, a damaged disk.',
    example: 'cannot write the store: ENOSPC: no space left on device',
    cure: 'Free some space, or put the cache elsewhere with QUILTBOOT_CACHE.',
  },
  'QB-REDIS': {
    status: 69,
    meaning: 'The Redis of a queue does not answer, may forget jobs, or no worker can do a chain.',
    example: 'the Redis at redis://boss:6379 may forget jobs: its maxmemory-policy is allkeys-lru',
    cure: 'Start it, or set what it says; the same command again resumes.',
  },
  'QB-DOWNLOAD': {
    status: 69,
    meaning: 'Something could not be fetched, or does not match its checksum or signature.',
    example: 'cannot download https://…: connection refused',
    cure: 'Try again later, or name a mirror or a local copy with --tree NAME=git:PATH#REF.',
  },
  'QB-QEMU': {
    status: 69,
    meaning: 'QEMU did not start or was killed; the kernel is not to blame.',
    example: 'QEMU was killed by SIGKILL',
    cure: 'Free some memory; quiltboot doctor tries the accelerators.',
  },
  'QB-GIT': {
    status: 69,
    meaning: 'Git failed for a reason of this machine.',
    example: 'git ended with status 128: unable to write new index file',
    cure: 'The message quotes git.',
  },
  'QB-HOST': {
    status: 69,
    meaning: 'Another fault of this machine. It is never counted against a patch.',
    example: 'the suite process was killed by SIGKILL',
    cure: 'Run the same command again; finished work is kept.',
  },
  'QB-APPLY-REJECT': {
    status: 1,
    meaning: 'A patch does not apply to the point before it.',
    example: 'hunk 2 of kernel/fork.c does not apply at line 1204',
    cure: 'Refresh the patch; --fuzz accepts differing context.',
  },
  'QB-CONFIG-LOST': {
    status: 1,
    meaning: 'The tree refuses the configuration, or an option that a fragment asks for did not survive.',
    example: 'mine.config:3: CONFIG_MINE=y was asked for, but it came out as n',
    cure: 'Add what the option depends on; the report lists it.',
  },
  'QB-BUILD-ERROR': {
    status: 1,
    meaning: 'The point does not build.',
    example: 'kernel/container.c:1257:9: implicit declaration of function',
    cure: 'The report has the first error; --fix adds a missing #include.',
  },
  'QB-BOOT-CRASH': {
    status: 1,
    meaning: 'The kernel reports a fault while it boots.',
    example: 'BUG: kernel NULL pointer dereference in container_init',
    cure: 'The report has the trace and the log.',
  },
  'QB-BOOT-TIMEOUT': {
    status: 1,
    meaning: 'The guest did not answer before its deadline.',
    example: 'the guest did not come up within 90 s',
    cure: 'The report says where each processor was.',
  },
  'QB-BOOT-FAIL': {
    status: 1,
    meaning: 'The guest ended before its agent could speak.',
    example: 'the guest powered off during boot',
    cure: 'Read the log; quiltboot shell starts the same guest.',
  },
  'QB-CASE-FAIL': {
    status: 1,
    meaning: 'An assertion of a case does not hold.',
    example: "tasks: the pids ascend as numbers: Difference: - '7' + '12'",
    cure: 'The reproduce line runs that case alone.',
  },
  'QB-CASE-CRASH': {
    status: 1,
    meaning: 'The kernel reports a fault during a case.',
    example: 'races: WARNING in cgroup_iter_next',
    cure: 'The report has the trace and the log.',
  },
  'QB-CASE-TIMEOUT': {
    status: 1,
    meaning: 'A case did not end before its deadline.',
    example: 'release: timed out after 60 s with no guest call pending',
    cure: 'The report says where each processor was and which tasks are blocked.',
  },
  'QB-SUITE': {
    status: 1,
    meaning: 'The suite itself is broken: it cannot be loaded, or throws outside a case.',
    example: 'tests/suites/mine.ts:3:8: cannot find module "./lib.ts"',
    cure: 'Fix the suite.',
  },
  'QB-NOT-COVERED': {
    status: 1,
    meaning:
      'Nothing that the patch changes was compiled for this target, so the results do not test it; or coverage was asked for ' +
      'and could not be measured, or allocations were to fail and could not.',
    example: 'pulse.patch changes drivers/misc/pulse.c, not compiled for x86_64: CONFIG_PULSE is not set',
    cure:
      'Set the option in a fragment, choose another target, or accept it with "uncovered" in the project file. A kernel ' +
      'that has no gcov is run without --coverage, one that has no fail-nth without --faults.',
  },
  'QB-NOT-RUN': {
    status: 1,
    meaning: 'The cell was left out because an earlier one failed.',
    example: 'not run: point 3 failed (--keep-going runs the rest)',
    cure: 'Fix the earlier failure, or use --keep-going.',
  },
  'QB-INTERRUPTED': {
    status: 130,
    meaning: 'You or a caller asked it to stop.',
    example: 'interrupted; run the same command again to resume',
    cure: 'Run the same command again to resume.',
  },
  'QB-INTERNAL': {
    status: 70,
    meaning: 'A fault of quiltboot itself.',
    example: 'internal error, please report it',
    cure: 'Report it with this text and the command.',
  },
} as const satisfies Readonly<Record<string, CodeText>>;

/** A stable name of something that can go wrong. */
export type Code = keyof typeof codes;

type WithStatus<S extends number> = { [C in Code]: (typeof codes)[C]['status'] extends S ? C : never }[Code];
/** Codes of mistakes that the user can correct. */
export type UserCode = WithStatus<2>;
/** Codes of faults of the machine. */
export type HostCode = WithStatus<69>;
