import test from 'ava';
import { isBefore, UserError } from '../../../harness/model/index.ts';
import { bootTargets, findTarget, i386, s390x, targets, x86_64 } from '../../../harness/targets/index.ts';

test('every name and alias finds exactly its target', (t) => {
  const names = targets.flatMap((target) => [target.name, ...target.aliases]);
  t.is(new Set(names).size, names.length, 'a name stands for two targets');
  for (const target of targets) {
    for (const name of [target.name, ...target.aliases]) t.is(findTarget(name), target, name);
  }
  t.is(findTarget('s390'), s390x);
  t.is(findTarget('X86_64'), x86_64);
});

test('an unknown target names the likeliest one and lists all', (t) => {
  const error = t.throws(() => findTarget('s390xx', { file: 'quiltboot.yaml', line: 3 }), { instanceOf: UserError });
  t.is(error.message, 'there is no target "s390xx"; did you mean "s390x"?');
  t.regex(error.hint ?? '', /x86_64.*i386.*s390x \(also s390\)/);
  t.deepEqual(error.location, { file: 'quiltboot.yaml', line: 3 });
  t.is(t.throws(() => findTarget('vax')).message, 'there is no target "vax"');
});

test('kernel layouts follow the version of the tree', (t) => {
  t.deepEqual(x86_64.kernelLayout('6.1.192'), { arch: 'x86_64', goal: 'bzImage', image: 'arch/x86/boot/bzImage' });
  t.deepEqual(i386.kernelLayout('6.1.192'), { arch: 'i386', goal: 'bzImage', image: 'arch/x86/boot/bzImage' });
  t.is(x86_64.kernelLayout('2.6.22-rc6').image, 'arch/x86_64/boot/bzImage');
  t.is(i386.kernelLayout('2.6.22-rc6-mm1').image, 'arch/i386/boot/bzImage');
  t.is(x86_64.kernelLayout('2.6.24-rc1').image, 'arch/x86/boot/bzImage');
  t.is(i386.sourceArch('2.6.22-rc6'), 'i386');
  t.is(i386.sourceArch('6.1.192'), 'x86');
  t.is(s390x.sourceArch('6.1.192'), 's390');
  t.deepEqual(s390x.kernelLayout('2.6.22-rc6'), { arch: 's390', goal: 'vmlinux', image: 'vmlinux' });
  t.is(s390x.kernelLayout('3.1.10').image, 'vmlinux');
  t.deepEqual(s390x.kernelLayout('3.2'), { arch: 's390', goal: 'bzImage', image: 'arch/s390/boot/bzImage' });
});

test('versions are compared by number', (t) => {
  t.true(isBefore('2.6.9', '2.6.24'));
  t.false(isBefore('2.6.24', '2.6.24'));
  t.false(isBefore('6.1.0-rc3', '6.1'));
  t.false(isBefore('10.0', '3.2'));
});

test('each machine binds the log and the agent to chardevs of those names and runs without KVM', (t) => {
  for (const target of bootTargets) {
    const args = [...target.qemu.machine, ...target.qemu.channels].join(' ');
    t.regex(args, /chardev[:=]log\b.*chardev[:=]agent\b/, target.name);
    t.regex(target.qemu.accelerator, /^tcg/, target.name);
  }
  t.is(x86_64.qemu.smp(2), '2,sockets=2,cores=1,threads=1');
  t.is(s390x.qemu.smp(2), '2');
});
