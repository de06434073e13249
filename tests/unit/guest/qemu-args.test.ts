import test from 'ava';
import { kernelCommandLine, type QemuRequest, qemuArguments } from '../../../harness/guest/qemu-args.ts';
import { snapshotKey } from '../../../harness/guest/snapshot-key.ts';
import { s390x, x86_64 } from '../../../harness/targets/index.ts';

const request: QemuRequest = {
  target: x86_64,
  kernel: '/b/bzImage',
  initramfs: '/i/image.cpio.gz',
  cpus: 2,
  memoryMiB: 256,
  commandLine: ['loglevel=8'],
  sockets: { log: '/s/log', agent: '/s/agent', monitor: '/s/monitor' },
};

test('the whole list for x86_64', (t) => {
  t.deepEqual(qemuArguments(request), [
    'qemu-system-x86_64',
    ...['-M', 'pc,hpet=off', '-accel', 'tcg,thread=single', '-m', '256M', '-smp', '2,sockets=2,cores=1,threads=1'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-S', '-nic', 'none'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-chardev', 'socket,id=log,path=/s/log', '-chardev', 'socket,id=agent,path=/s/agent'],
    ...['-serial', 'chardev:log', '-serial', 'chardev:agent'],
    ...['-chardev', 'socket,id=monitor,path=/s/monitor', '-mon', 'chardev=monitor,mode=control'],
    ...[
      '-kernel',
      '/b/bzImage',
      '-initrd',
      '/i/image.cpio.gz',
      '-append',
      'console=ttyS0 legacy_serial.force=1 unknown_nmi_panic tsc=reliable panic=1 loglevel=8',
    ],
  ]);
});

test('s390x has its own consoles, and a restored guest has its memory in a file', (t) => {
  const incoming = { memory: '/s,x/memory', shared: false };
  const argv = qemuArguments({ ...request, target: s390x, incoming });
  t.true(argv.includes('sclpconsole,chardev=agent'));
  t.deepEqual(argv.slice(-6), [
    ...['-object', 'memory-backend-file,id=s390.ram,size=256M,mem-path=/s,,x/memory,share=off'],
    ...['-machine', 'memory-backend=s390.ram', '-incoming', 'defer'],
  ]);
});

test('a comma in a path is no separator', (t) => {
  const argv = qemuArguments({ ...request, sockets: { ...request.sockets, log: '/s,x/log' } });
  t.true(argv.includes('socket,id=log,path=/s,,x/log'));
});

test('a panic reboots also on kernels that take no negative time-out', (t) => {
  t.regex(kernelCommandLine(s390x, []), /\bpanic=1\b/);
});

test('warnings are shown whatever hides them, and more than that where it is asked for', (t) => {
  const last = (...words: string[]): string | undefined => kernelCommandLine(s390x, words).split(' ').at(-1);
  for (const words of [[], ['quiet'], ['loglevel=3'], ['loglevel=0', 'quiet']]) t.is(last(...words), 'loglevel=7');
  for (const word of ['debug', 'ignore_loglevel', 'loglevel=8', 'loglevel=15']) t.is(last(word), word);
});

test('a snapshot is named by everything that it depends on, and not by places', (t) => {
  const facts = { qemuVersion: 'QEMU 7.2', kernelHash: 'k', initramfsHash: 'i', machine: request };
  const key = snapshotKey(facts);
  const moved = { ...request, kernel: '/other', initramfs: '/other', sockets: { log: '1', agent: '2', monitor: '3' } };
  t.is(snapshotKey({ ...facts, machine: moved }), key);
  const others = [
    { ...facts, qemuVersion: 'QEMU 8' },
    { ...facts, kernelHash: 'l' },
    { ...facts, initramfsHash: 'j' },
    { ...facts, machine: { ...request, memoryMiB: 512 } },
    { ...facts, machine: { ...request, cpus: 1 } },
    { ...facts, machine: { ...request, commandLine: [] } },
    { ...facts, machine: { ...request, target: s390x } },
  ].map(snapshotKey);
  t.is(new Set([key, ...others]).size, 8);
});

test('a machine has the disks, the network, the nodes and the devices that it is said to have', (t) => {
  const parts = {
    network: 'user-isolated',
    numa: [
      { cpus: [0], memoryMiB: 64 },
      { cpus: [1], memoryMiB: 192 },
    ],
    devices: ['-device', 'edu'],
  } as const;
  const argv = qemuArguments({ ...request, parts, disks: ['/d,x', '/e'] }).join(' ');
  t.false(argv.includes('-nic none'));
  t.true(argv.includes('-netdev user,id=net0,restrict=on -device virtio-net-pci,netdev=net0'));
  t.true(argv.includes('-object memory-backend-ram,id=node0,size=64M -numa node,nodeid=0,memdev=node0,cpus=0'));
  t.true(argv.includes('-numa node,nodeid=1,memdev=node1,cpus=1'));
  t.true(argv.includes('file=/d,,x -device virtio-blk-pci,drive=disk0,serial=disk0'));
  t.true(argv.endsWith('-device edu'));
  t.true(
    qemuArguments({ ...request, target: s390x, disks: ['/d'] }).includes('virtio-blk-ccw,drive=disk0,serial=disk0'),
  );
});
