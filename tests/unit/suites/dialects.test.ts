import test from 'ava';
import cgroup2007 from '../../suites/container/dialects/cgroup-2007.ts';
import cgroup1 from '../../suites/container/dialects/cgroup1.ts';
import container from '../../suites/container/dialects/container.ts';
import byDefault from '../../suites/container/dialects/index.ts';

test('each dialect has its names', (t) => {
  t.is(byDefault, container);
  const names = [container, cgroup2007, cgroup1].map(({ fsType, mountPoint, allFile, taskFile }) => [
    fsType,
    mountPoint,
    allFile,
    taskFile('self'),
    taskFile(7, 8),
  ]);
  t.deepEqual(names[0], [
    'container',
    '/dev/container',
    '/proc/containers',
    '/proc/self/container',
    '/proc/7/task/8/container',
  ]);
  t.deepEqual(names[1], names[2]);
});

test("a task's memberships are read, with and without a number in front", (t) => {
  t.deepEqual(container.parseTask('cpuset:/\ncpuacct,debug:/a/b\n'), [
    { subsystems: ['cpuset'], path: '/' },
    { subsystems: ['cpuacct', 'debug'], path: '/a/b' },
  ]);
  t.deepEqual(cgroup1.parseTask('3:pids:/a\n1:freezer:/\n0::/\n'), [
    { subsystems: ['pids'], path: '/a' },
    { subsystems: ['freezer'], path: '/' },
  ]);
  t.deepEqual(container.parseTask(''), []);
  t.throws(() => container.parseTask('3:pids:/a\n'), { message: /cannot make sense of the line "3:pids:\/a"/ });
});

test('the file about all is read in both forms', (t) => {
  const read = container.parseAll(
    'Hierarchies:\ntest0,test1 containers=3 active=4\n\nSubsystems:\n0 test0 1\n1 test1 1\n2 cpuset\n',
  );
  t.deepEqual(read.hierarchies, [{ subsystems: ['test0', 'test1'], containers: 3, active: 4 }]);
  t.deepEqual(read.subsystems, [
    { name: 'test0', hierarchy: '1', index: 0 },
    { name: 'test1', hierarchy: '1', index: 1 },
    { name: 'cpuset', hierarchy: undefined, index: 2 },
  ]);
  t.throws(() => container.parseAll('nonsense\n'));
  t.deepEqual(cgroup1.parseAll('#subsys_name\thierarchy\tnum\tenabled\npids\t2\t1\t1\nfreezer\t0\t1\t1\n').subsystems, [
    { name: 'pids', hierarchy: '2' },
    { name: 'freezer', hierarchy: undefined },
  ]);
});

test('the dialect of 2007 reads its table, and calls the files of the debug subsystem by its own names', (t) => {
  const dialect = cgroup2007;
  t.deepEqual(
    dialect.parseAll('#subsys_name\thierarchy\tnum_cgroups\ncpuset\t0\t1\ndebug\t10\t3\ncpu\t10\t3\n').subsystems,
    [
      { name: 'cpuset', hierarchy: undefined },
      { name: 'debug', hierarchy: '10' },
      { name: 'cpu', hierarchy: '10' },
    ],
  );
  t.is(dialect.debugFile('container_refcount'), 'debug.cgroup_refcount');
  t.is(dialect.debugFile('current_css_group_refcount'), 'debug.current_css_set_refcount');
  t.is(container.debugFile('current_css_group'), 'debug.current_css_group');
});
