import { UserError } from '../model/index.ts';

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
}

/** One line about a subsystem in the file about all; `hierarchy` is undefined where it is not mounted. */
export interface SubsystemLine {
  readonly name: string;
  readonly hierarchy: string | undefined;
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
  | 'moves-race-exits';

/** Files of the debug subsystem, by their names in the series. */
export type DebugFile = 'container_refcount' | 'taskcount' | 'current_css_group' | 'current_css_group_refcount';

/** Whether a kernel has a feature of the series. */
type Has = (feature: string) => boolean;

/** The names that one implementation of task containers gives to things. */
export interface Dialect {
  readonly name: string;
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

function nonEmptyLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function unreadable(file: string, line: string): Error {
  return new Error(`${file}: cannot make sense of the line "${line}"`);
}

/** `sub1,sub2:/path` */
function parseMembership(file: string, line: string): Membership {
  const match = /^([^:/]*):(\/.*)$/.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) throw unreadable(file, line);
  return { subsystems: match[1].split(','), path: match[2] };
}

/** The two parts of /proc/containers, each under its heading; fields are separated by blanks. */
function parseTwoParts(file: string, text: string): ReturnType<Dialect['parseAll']> {
  const lines = nonEmptyLines(text);
  const subsystemsAt = lines.findIndex((line) => /^Subsystems:/i.test(line));
  if (!/^Hierarchies:/i.test(lines[0] ?? '') || subsystemsAt < 0) throw unreadable(file, lines[0] ?? '');
  const fields = (line: string): string[] => line.trim().split(/\s+/);
  return {
    hierarchies: lines.slice(1, subsystemsAt).map((line) => {
      const subsystems = fields(line)[0] ?? '';
      const containers = /containers?=(\d+)/.exec(line)?.[1] ?? fields(line)[1] ?? '';
      if (!/^\d+$/.test(containers)) throw unreadable(file, line);
      return { subsystems: subsystems.split(','), containers: Number(containers) };
    }),
    subsystems: lines.slice(subsystemsAt + 1).map((line) => {
      const [index, name, hierarchy] = fields(line);
      if (index === undefined || name === undefined) throw unreadable(file, line);
      return { name, hierarchy };
    }),
  };
}

function renamed(name: string, word: 'container' | 'cgroup'): Dialect {
  const allFile = `/proc/${word}s`;
  return {
    name,
    fsType: word,
    mountPoint: `/dev/${word}`,
    taskFile: (pid, tid) => `/proc/${pid}/${tid === undefined ? '' : `task/${tid}/`}${word}`,
    allFile,
    plainSubsystems: ['test0', 'test1'],
    plainFile: 'test0.veto',
    plainSetting: { file: 'test0.veto', value: '1' },
    plainFiles: (has) => ['test0.veto', 'test0.hold', ...(has('fork-exit') ? ['test0.forks', 'test0.exits'] : [])],
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
function parseTable(text: string): ReturnType<Dialect['parseAll']> {
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

/** Control groups as they came into mainline in October 2007. */
const cgroup2007: Dialect = {
  ...renamed('cgroup-2007', 'cgroup'),
  // Not cpu, which allows one level of directories only.
  plainSubsystems: ['cpuacct', 'debug'],
  plainFile: 'cpuacct.usage',
  plainSetting: { file: 'notify_on_release', value: '1' },
  plainFiles: () => [
    'cpuacct.usage',
    'debug.cgroup_refcount',
    'debug.taskcount',
    'debug.current_css_set',
    'debug.current_css_set_refcount',
  ],
  differences: {
    'no-veto': 'the test subsystems of the series are needed',
    'no-hierarchy-lines': '/proc/cgroups lists subsystems only',
    'refused-remount-sets-agent': 'control groups of 2007 change the agent also when the remount is refused',
    'noprefix-is-another-hierarchy': 'control groups of 2007 join a hierarchy only with the same `noprefix`',
    'root-notifies': 'control groups of 2007 notify about a root that asked for it',
    'no-refused-number': 'the plain subsystems of 2007 have no number to set, and `notify_on_release` takes anything',
    'no-remount-with-children': 'control groups of 2007 refuse every remount while there are children',
    'usage-read-only': 'control groups of 2007 have no way to reset `cpuacct.usage`',
    'opener-unchecked': 'control groups of 2007 check the writer’s permission to move a task, not the opener’s',
    'agent-by-mode': 'control groups of 2007 let everybody set the agent whom the mode of the file lets write',
    'moves-starve': 'on 2.6.24 a task that keeps moving others monopolises cgroup_mutex and starves everyone',
    'fork-lags': 'a child of 2.6.24 that is forked while the processors of its set change may keep the old ones',
    'agent-keeps-up':
      'a move and a rmdir of 2.6.24 wait for a grace period, in which an agent starts: nothing has to wait',
    'clone-named-late': 'a child of 2.6.24 has no pid yet when it gets its container, which is named after its parent',
    'only-down-with-ns': 'the ns subsystem of 2007 lets a task move from its container into a child of it only',
    'moves-race-exits':
      '2.6.24 puts a task that is just ending back on the list of a container, and reads it when it is gone',
  },
  parseAll: parseTable,
};

const cgroup1: Dialect = {
  ...renamed('cgroup1', 'cgroup'),
  mountPoint: '/dev/cgroup',
  plainSubsystems: ['freezer', 'pids'],
  plainFile: 'freezer.state',
  plainSetting: { file: 'pids.max', value: '100' },
  plainFiles: () => [
    'freezer.state',
    'freezer.self_freezing',
    'freezer.parent_freezing',
    'pids.max',
    'pids.current',
    'pids.events',
    'pids.peak',
  ],
  controlFiles: () => ['tasks', 'notify_on_release', 'cgroup.procs', 'cgroup.clone_children'],
  rootFiles: () => ['release_agent', 'cgroup.sane_behavior'],
  differences: {
    'no-releasable': 'modern control groups have no file `releasable`',
    'inherits-notify': 'a child of a modern control group inherits `notify_on_release`',
    'told-after-removal': 'modern control groups start the agent of one that was removed while it waited for its turn',
    'einval-for-eio': 'modern control groups answer EINVAL where the old code says EIO',
    'extra-files': '`cgroup.procs` and `cgroup.clone_children` were added',
    'hierarchy-ids': 'a line of a task has the number of the hierarchy in front',
    'no-hierarchy-lines': '/proc/cgroups lists subsystems only',
    'noprefix-limited': 'modern control groups allow `noprefix` with the cpuset subsystem only',
    'einval-for-unknown': 'modern control groups answer EINVAL to a name that they do not know',
    'empty-option-ignored': 'the common parser of modern kernels passes over empty options',
    'agent-alone-is-all': 'modern control groups take a mount that names no subsystem for one that wants all',
    'remount-limited': 'modern control groups change the subsystems of a mounted hierarchy, with a warning',
    'negative-pid-invalid': 'modern control groups answer EINVAL to a negative pid',
    'zombie-moves': 'modern control groups keep a task until its parent has asked for it',
    'no-veto': 'the test subsystems of the series are needed',
    'no-ns': 'the ns subsystem was taken out of control groups in 3.0',
    'names-of-any-length': 'the file system that modern control groups are built on takes a name of any length',
    'long-write-cut': 'modern control groups take the first page of a long write instead of refusing it',
    'removed-lingers':
      'modern control groups free a removed one later, and a hierarchy that is unmounted before that stays',
    'no-remount-with-children': 'modern control groups refuse every remount of a hierarchy with children',
    'list-at-first-read':
      'modern control groups make the list of tasks at the first read and share it between readers for a second',
    'opener-alone': 'modern control groups check only the opener’s permission to move a task',
    'no-reference-count': 'modern control groups do not show the references of one container',
    'agent-stripped': 'modern control groups take every blank off the end of an agent path',
  },
  parseTask: (text) =>
    nonEmptyLines(text)
      .map((line) => parseMembership('/proc/PID/cgroup', line.replace(/^\d+:/, '')))
      // The unified hierarchy of version 2 has no subsystems here.
      .filter((membership) => membership.subsystems[0] !== ''),
  parseAll: parseTable,
};

const dialects: readonly Dialect[] = [renamed('container', 'container'), cgroup2007, cgroup1];

/** Names of all dialects. */
export const dialectNames: readonly string[] = dialects.map((dialect) => dialect.name);

/** Throws {@link UserError} for an unknown name. */
export function findDialect(name: string): Dialect {
  const found = dialects.find((dialect) => dialect.name === name);
  if (found) return found;
  throw new UserError(`unknown dialect "${name}"; there are ${dialectNames.join(', ')}`);
}
