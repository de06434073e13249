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
  | 'einval-for-eio'
  | 'extra-files'
  | 'hierarchy-ids'
  | 'no-hierarchy-lines';

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
  /** Files in every container, subsystems' own left out. */
  readonly controlFiles: readonly string[];
  /** Files in the root container only. */
  readonly rootFiles: readonly string[];
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
    controlFiles: ['tasks', 'notify_on_release', 'releasable'],
    rootFiles: ['release_agent'],
    differences: {},
    parseTask: (text) => nonEmptyLines(text).map((line) => parseMembership(`/proc/PID/${word}`, line)),
    parseAll: (text) => parseTwoParts(allFile, text),
  };
}

const cgroup1: Dialect = {
  ...renamed('cgroup1', 'cgroup'),
  mountPoint: '/dev/cgroup',
  plainSubsystems: ['freezer', 'pids'],
  controlFiles: ['tasks', 'notify_on_release', 'cgroup.procs', 'cgroup.clone_children'],
  rootFiles: ['release_agent', 'cgroup.sane_behavior'],
  differences: {
    'no-releasable': 'modern control groups have no file `releasable`',
    'inherits-notify': 'a child of a modern control group inherits `notify_on_release`',
    'einval-for-eio': 'modern control groups answer EINVAL where the old code says EIO',
    'extra-files': '`cgroup.procs` and `cgroup.clone_children` were added',
    'hierarchy-ids': 'a line of a task has the number of the hierarchy in front',
    'no-hierarchy-lines': '/proc/cgroups lists subsystems only',
  },
  parseTask: (text) =>
    nonEmptyLines(text)
      .map((line) => parseMembership('/proc/PID/cgroup', line.replace(/^\d+:/, '')))
      // The unified hierarchy of version 2 has no subsystems here.
      .filter((membership) => membership.subsystems[0] !== ''),
  parseAll: (text) => ({
    hierarchies: [],
    subsystems: nonEmptyLines(text)
      .filter((line) => !line.startsWith('#'))
      .map((line) => {
        const [name = '', hierarchy] = line.split(/\s+/);
        return { name, hierarchy: hierarchy === '0' ? undefined : hierarchy };
      }),
  }),
};

const dialects: readonly Dialect[] = [renamed('container', 'container'), renamed('cgroup-2007', 'cgroup'), cgroup1];

/** Names of all dialects. */
export const dialectNames: readonly string[] = dialects.map((dialect) => dialect.name);

/** Throws {@link UserError} for an unknown name. */
export function findDialect(name: string): Dialect {
  const found = dialects.find((dialect) => dialect.name === name);
  if (found) return found;
  throw new UserError(`unknown dialect "${name}"; there are ${dialectNames.join(', ')}`);
}
