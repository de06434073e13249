/** What the dialects of the container suites say, and how they read the files of a kernel. */

/** One line of a task's file: the hierarchy's subsystems and the container it is in. */
export interface Membership {
  readonly subsystems: readonly string[];
  /** From the root of the hierarchy: `/` or `/a/b`. */
  readonly path: string;
}

/** One line about a hierarchy in the file about all. */
export interface HierarchyLine {
  readonly subsystems: readonly string[];
  readonly containers: number;
  /** What keeps it: mounts, and containers below the root. */
  readonly active: number;
}

/** One line about a subsystem in the file about all; `hierarchy` is undefined where it is not mounted. */
export interface SubsystemLine {
  readonly name: string;
  readonly hierarchy: string | undefined;
  /** Its index, where the file has one. */
  readonly index?: number;
}

/** A difference from the specification that an implementation is known to have. */
export type DialectDifference =
  | 'no-releasable'
  | 'inherits-notify'
  | 'told-after-removal'
  | 'einval-for-eio'
  | 'extra-files'
  | 'hierarchy-ids'
  | 'no-hierarchy-lines'
  | 'noprefix-limited'
  | 'einval-for-unknown'
  | 'empty-option-ignored'
  | 'agent-alone-is-all'
  | 'remount-limited'
  | 'negative-pid-invalid'
  | 'zombie-moves'
  | 'no-veto'
  | 'no-ns'
  | 'agent-stripped'
  | 'refused-remount-sets-agent'
  | 'noprefix-is-another-hierarchy'
  | 'root-notifies'
  | 'no-refused-number'
  | 'usage-read-only'
  | 'no-reference-count'
  | 'opener-alone'
  | 'names-of-any-length'
  | 'long-write-cut'
  | 'removed-lingers'
  | 'no-remount-with-children'
  | 'list-at-first-read'
  | 'opener-unchecked'
  | 'agent-by-mode'
  | 'moves-starve'
  | 'fork-lags'
  | 'agent-keeps-up'
  | 'clone-named-late'
  | 'only-down-with-ns'
  | 'moves-race-exits'
  | 'numbers-lax'
  | 'nothing-is-zero'
  | 'octal-pids'
  | 'paths-as-they-are'
  | 'no-limits'
  | 'paths-cut'
  | 'remount-needs-names'
  | 'kernel-threads-follow'
  | 'bound-threads-move'
  | 'kthreadd-moves'
  | 'old-type-takes-options'
  | 'clone-belongs-to-caller'
  | 'clone-exists';

/** Files of the debug subsystem, by their names in the series. */
export type DebugFile = 'container_refcount' | 'taskcount' | 'current_css_group' | 'current_css_group_refcount';

/** Whether a kernel has a feature of the series. */
type Has = (feature: string) => boolean;

/** The names that one implementation of task containers gives to things. */
export interface ContainerDialect {
  readonly fsType: string;
  readonly mountPoint: string;
  /** Of a process; with a thread id as the second argument, of that thread. */
  readonly taskFile: (pid: number | 'self', tid?: number) => string;
  /** The file that lists hierarchies and subsystems. */
  readonly allFile: string;
  /** Two subsystems of no effect, for suites that need some. */
  readonly plainSubsystems: readonly [string, string];
  /** A file that the first plain subsystem has in every container below the root. */
  readonly plainFile: string;
  /** A file of the plain subsystems that keeps what is written to it, a value for it other than the first one. */
  readonly plainSetting: { readonly file: string; readonly value: string };
  /** Files that the plain subsystems have in a container below the root, with the features that `has` knows. */
  readonly plainFiles: (has: Has) => readonly string[];
  /** The file of the debug subsystem that the series calls by this name. */
  readonly debugFile: (name: DebugFile) => string;
  /** Files in every container, subsystems' own left out. */
  readonly controlFiles: (has: Has) => readonly string[];
  /** Files in the root container only. */
  readonly rootFiles: (has: Has) => readonly string[];
  /** What it does differently, with the reason. */
  readonly differences: Readonly<Partial<Record<DialectDifference, string>>>;
  /** Reads a task's file. */
  readonly parseTask: (text: string) => Membership[];
  /** Reads the file about all. */
  readonly parseAll: (text: string) => { readonly hierarchies: HierarchyLine[]; readonly subsystems: SubsystemLine[] };
}

export function nonEmptyLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function unreadable(file: string, line: string): Error {
  return new Error(`${file}: cannot make sense of the line "${line}"`);
}

/** `sub1,sub2:/path` */
export function parseMembership(file: string, line: string): Membership {
  const match = /^([^:/]*):(\/.*)$/.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) throw unreadable(file, line);
  return { subsystems: match[1].split(','), path: match[2] };
}

/** The two parts of /proc/containers, each under its heading; fields are separated by blanks. */
function parseTwoParts(file: string, text: string): ReturnType<ContainerDialect['parseAll']> {
  const lines = nonEmptyLines(text);
  const subsystemsAt = lines.findIndex((line) => /^Subsystems:/i.test(line));
  if (!/^Hierarchies:/i.test(lines[0] ?? '') || subsystemsAt < 0) throw unreadable(file, lines[0] ?? '');
  const fields = (line: string): string[] => line.trim().split(/\s+/);
  return {
    hierarchies: lines.slice(1, subsystemsAt).map((line) => {
      const subsystems = fields(line)[0] ?? '';
      const containers = /containers?=(\d+)/.exec(line)?.[1] ?? fields(line)[1] ?? '';
      if (!/^\d+$/.test(containers)) throw unreadable(file, line);
      const active = /active=(\d+)/.exec(line)?.[1];
      if (active === undefined) throw unreadable(file, line);
      return { subsystems: subsystems.split(','), containers: Number(containers), active: Number(active) };
    }),
    subsystems: lines.slice(subsystemsAt + 1).map((line) => {
      const [index, name, hierarchy] = fields(line);
      if (index === undefined || name === undefined) throw unreadable(file, line);
      return { name, hierarchy, index: Number(index) };
    }),
  };
}

/** What implementations have in common, but for the word that stands in every name. */
export function renamed(word: 'container' | 'cgroup'): ContainerDialect {
  const allFile = `/proc/${word}s`;
  return {
    fsType: word,
    mountPoint: `/dev/${word}`,
    taskFile: (pid, tid) => `/proc/${pid}/${tid === undefined ? '' : `task/${tid}/`}${word}`,
    allFile,
    plainSubsystems: ['test0', 'test1'],
    plainFile: 'test0.veto',
    plainSetting: { file: 'test0.veto', value: '1' },
    plainFiles: (has) => [
      'test0.veto',
      'test0.hold',
      'test1.hold',
      ...(has('fork-exit') ? ['test0.forks', 'test0.exits'] : []),
    ],
    debugFile: (file) =>
      `debug.${word === 'container' ? file : file.replace('container', word).replace('css_group', 'css_set')}`,
    controlFiles: (has) => [
      ...(has('tasks') ? ['tasks'] : []),
      ...(has('release') ? ['notify_on_release', 'releasable'] : []),
    ],
    rootFiles: (has) => (has('release') ? ['release_agent'] : []),
    differences: {},
    parseTask: (text) => nonEmptyLines(text).map((line) => parseMembership(`/proc/PID/${word}`, line)),
    parseAll: (text) => parseTwoParts(allFile, text),
  };
}

/** /proc/cgroups: a line for each subsystem, with the number of its hierarchy, 0 for none. */
export function parseTable(text: string): ReturnType<ContainerDialect['parseAll']> {
  return {
    hierarchies: [],
    subsystems: nonEmptyLines(text)
      .filter((line) => !line.startsWith('#'))
      .map((line) => {
        const [name = '', hierarchy] = line.split(/\s+/);
        return { name, hierarchy: hierarchy === '0' ? undefined : hierarchy };
      }),
  };
}
