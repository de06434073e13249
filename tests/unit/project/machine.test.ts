import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { machineSettings } from '../../../harness/project/machine.ts';

const place = { file: 'quiltboot.yaml', line: 3, column: 3 };

test('what is not said of a machine is as usual, and nodes have its memory', (t) => {
  t.deepEqual(machineSettings({}, place), { memoryMiB: 256, cpus: 1, commandLine: [] });
  const numa = [
    { cpus: [1], memory: 64 },
    { cpus: [0], memory: 32 },
  ];
  t.like(machineSettings({ cpus: 2, numa }, place), { memoryMiB: 96, cpus: 2 });
  t.deepEqual(machineSettings({ disks: [{ size: 5 }], network: 'none', devices: [] }, place), {
    ...{ memoryMiB: 256, cpus: 1, commandLine: [] },
    disks: [{ sizeMiB: 5, format: 'none' }],
  });
});

test('nodes that leave a processor out, or name one twice, are a mistake with its place', (t) => {
  for (const cpus of [[0], [0, 0], [0, 2], []]) {
    const error = t.throws(() => machineSettings({ cpus: 2, numa: [{ cpus, memory: 64 }] }, place), {
      instanceOf: UserError,
    });
    t.is(error.location, place);
    t.regex(error.hint ?? '', /processors 0 to 1 once/);
  }
  const numa = [{ cpus: [0], memory: 64 }];
  t.throws(() => machineSettings({ memory: 64, numa }, place), { message: /has its memory there/ });
});
