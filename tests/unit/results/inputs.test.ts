import test from 'ava';
import { changedInputs, type RunFacts } from '../../../harness/results/index.ts';

const facts: RunFacts = {
  tree: { name: 'linux-6.1', key: 'k1', kernelVersion: '6.1.176', resolved: 'linux-source-6.1 6.1.176-1' },
  series: { name: 'mine', patches: ['a', 'b', 'c'].map((name) => ({ name, subject: name, hash: `${name}1` })) },
  host: {
    machine: 'm',
    cpus: 2,
    versions: { node: 'v20', git: 'git 2', gcc: 'gcc 12.2.0', 'qemu-system-x86_64': 'QEMU 7.2' },
  },
  inputs: { toolchain: 't1', fragments: { x86_64: 'f1', s390x: 'f2' }, suites: 's1' },
};
const tree = { ...facts.tree, key: 'k2' };
const patches = (...list: [string, string][]): RunFacts['series'] => ({
  name: 'mine',
  patches: list.map(([name, hash]) => ({ name, subject: name, hash })),
});

for (const [title, now, said] of [
  ['nothing', facts, []],
  [
    'the tree',
    { ...facts, tree: { ...tree, resolved: 'linux-source-6.1 6.1.192-3' } },
    ['tree linux-source-6.1 6.1.176-1 → linux-source-6.1 6.1.192-3'],
  ],
  ['what lies on top of the same source', { ...facts, tree }, ['the patches or the queue of the tree']],
  [
    'tools, but for those that make nothing',
    {
      ...facts,
      host: {
        ...facts.host,
        versions: { node: 'v22', git: 'git 3', gcc: 'gcc 13.1.0', 'qemu-system-s390x': 'QEMU 8' },
      },
    },
    ['gcc: gcc 12.2.0 → gcc 13.1.0'],
  ],
  [
    'the toolchain',
    { ...facts, inputs: { ...facts.inputs, toolchain: 't2', fragments: {} } },
    ['the compiler or its flags'],
  ],
  ['one patch', { ...facts, series: patches(['a', 'a1'], ['b', 'b2'], ['c', 'c1']) }, ['patch changed: b']],
  [
    'patches that came and went',
    { ...facts, series: patches(['a', 'a1'], ['d', 'd'], ['e', 'e'], ['f', 'f'], ['g', 'g']) },
    ['patches added: d, e, f and 1 more', 'patches removed: b, c'],
  ],
  ['their order', { ...facts, series: patches(['b', 'b1'], ['a', 'a1'], ['c', 'c1']) }, ['the order of the patches']],
  [
    'fragments of targets that both had',
    { ...facts, inputs: { toolchain: 't1', fragments: { s390x: 'f3', i386: 'f4' }, suites: 's1' } },
    ['Kconfig fragments of s390x'],
  ],
  ['suites', { ...facts, inputs: { toolchain: 't1', fragments: {}, suites: 's2' } }, ['the suites']],
  ['no suites this time', { ...facts, inputs: { toolchain: 't1', fragments: {} } }, []],
] as const satisfies readonly (readonly [string, RunFacts, readonly string[]])[]) {
  test(`changed: ${title}`, (t) => t.deepEqual(changedInputs(facts, now), [...said]));
}

test('a run of an earlier version has no hashes to compare', (t) => {
  const { tree: source, series, host } = facts;
  const old = { tree: source, series, host };
  t.deepEqual(changedInputs(old, facts), []);
});
