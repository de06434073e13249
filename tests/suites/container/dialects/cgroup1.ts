import { type ContainerDialect, nonEmptyLines, parseMembership, parseTable, renamed } from '../../lib/dialect.ts';

/** Control groups (version 1) of Linux 6.1. */
const dialect: ContainerDialect = {
  ...renamed('cgroup'),
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
    'opener-alone': 'modern control groups ask only whether the opener of the file may move a task',
    'no-reference-count': 'modern control groups do not show the references of one container',
    'octal-pids': 'modern control groups take a number that begins with 0 for an octal one',
    'paths-as-they-are': 'modern control groups show the names of containers as they are',
    'no-limits': 'modern control groups of version 1 nest without a limit of their own',
    'paths-cut': 'the file system that modern control groups are built on cuts paths that are too long',
    'remount-needs-names': 'modern control groups take a remount that names no subsystem for one that wants all',
    'kernel-threads-follow': 'modern control groups refuse to move the thread that makes kernel threads',
    'kthreadd-moves': 'modern control groups refuse to move the thread that makes kernel threads, also to the root',
    'old-type-takes-options': 'the old type of modern control groups takes the options of control groups',
    'agent-stripped': 'modern control groups take every blank off the end of an agent path',
  },
  parseTask: (text) =>
    nonEmptyLines(text)
      .map((line) => parseMembership('/proc/PID/cgroup', line.replace(/^\d+:/, '')))
      // The unified hierarchy of version 2 has no subsystems here.
      .filter((membership) => membership.subsystems[0] !== ''),
  parseAll: parseTable,
};

export default dialect;
