import { type ContainerDialect, parseTable, renamed } from '../../lib/dialect.ts';

/** Control groups as they came into mainline in October 2007. */
const dialect: ContainerDialect = {
  ...renamed('cgroup'),
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
    'opener-unchecked':
      'control groups of 2007 ask only whether the writer may move a task, not whether the opener of the file may',
    'agent-by-mode': 'control groups of 2007 let everybody who can write the file set the agent',
    'moves-starve': 'a task that keeps moving others monopolises the lock of 2.6.24 and starves everyone else',
    'fork-lags': 'a child of 2.6.24 that is forked while the processors of its set change may keep the old ones',
    'agent-keeps-up':
      'a move and a rmdir of 2.6.24 wait for a grace period, in which an agent starts: nothing has to wait',
    'clone-named-late': 'a child of 2.6.24 has no pid yet when it gets its container, which is named after its parent',
    'only-down-with-ns': 'the ns subsystem of 2007 lets a task move from its container into a child of it only',
    'moves-race-exits':
      '2.6.24 puts a task that is just ending back on the list of a container, and reads it when it is gone',
    'numbers-lax': 'control groups of 2007 read the number that a text begins with, and its lower bits',
    'nothing-is-zero': 'control groups of 2007 take a write of no bytes for an empty text',
    'paths-as-they-are': 'control groups of 2007 show the names of containers as they are',
    'no-limits': 'control groups of 2007 nest without a limit of their own',
    'paths-cut': 'control groups of 2007 pass over a path that is too long without a word in the log',
    'remount-needs-names': 'control groups of 2007 take a remount that names no subsystem for one without any',
    'kernel-threads-follow': 'a kernel thread of 2.6.24 starts where the thread that makes them has been moved to',
    'bound-threads-move': 'a thread of 2.6.24 that is bound to a processor can be moved',
    'kthreadd-moves': 'the thread of 2.6.24 that makes kernel threads can be moved',
    'old-type-takes-options': 'the old type of 2.6.24 passes over its options, and joins what it finds',
    'clone-belongs-to-caller': 'the container that 2.6.24 makes for a namespace belongs to the caller',
    'clone-exists': 'an unshare of 2.6.24 fails if there is a container of its name',
  },
  parseAll: parseTable,
};

export default dialect;
