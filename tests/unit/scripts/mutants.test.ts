import test from 'ava';
import { sampleFaults } from '../../../scripts/mutations/generated.ts';
import { mutantsOf } from '../../../scripts/mutations/mutants.ts';

/** The lines that differ, by operator. */
function changes(text: string, line: number): Record<string, string[]> {
  const before = text.split('\n');
  const all: Record<string, string[]> = {};
  for (const { operator, text: after } of mutantsOf(text, line)) {
    const differ = after.split('\n').filter((now, index) => now !== before[index]);
    (all[operator] ??= []).push(differ.map((one) => one.trim()).join(' | '));
  }
  return all;
}

test('conditions, errors, orders and words are changed one at a time', (t) => {
  t.deepEqual(changes('\tif (a < b && !c)', 1), {
    negate: ['if (!(a < b && !c))'],
    'off-by-one': ['if (a <= b && !c)'],
    logic: ['if (a < b || !c)'],
  });
  t.deepEqual(changes('\tx = a == b;', 1), { equality: ['x = a != b;'] });
  t.deepEqual(changes('\tif (a == b)', 1), { negate: ['if (!(a == b))'] });
  t.deepEqual(changes('\t\treturn -ENOMEM;', 1), { errno: ['return -EINVAL;'] });
  t.deepEqual(changes('\t\treturn -EINVAL;', 1), { errno: ['return -EPERM;'] });
  t.deepEqual(changes('\treturn true;', 1), { constant: ['return false;'] });
  t.deepEqual(changes('\treturn ret;', 1), { result: ['return 0;'] });
  t.deepEqual(changes('\tn = size - 1;', 1), { 'off-by-one': ['n = size;'] });
});

test('a call is left out where it is a statement, and not in the middle of one', (t) => {
  t.deepEqual(changes('{\n\tput(x, f(y));\n', 2), { 'drop-call': [';'] });
  t.deepEqual(changes('\tif (x)\n\t\tput(x);\n', 2), { 'drop-call': [';'] });
  t.deepEqual(changes('\tx = a +\n\t\tf(x);\n', 2), {});
  t.deepEqual(changes('{\n\treturn f(x);\n', 2), {});
  t.deepEqual(changes('{\n\tint x = f(a);\n', 2), {});
});

test('a lock goes with all its unlocks and never alone', (t) => {
  const text =
    'f()\n{\n\tmutex_lock(&a);\n\tif (x) {\n\t\tmutex_unlock(&a);\n\t\treturn;\n\t}\n\tmutex_unlock(&a);\n}\n\tmutex_unlock(&a);\n';
  t.deepEqual(changes(text, 3), { 'drop-lock': ['; | ; | ;'] });
  t.deepEqual(changes(text, 8), {});
  t.deepEqual(changes('{\n\tspin_lock(&a);\n\tspin_unlock(&b);\n}\n', 2), {});
});

test('barriers, and stores that are one', (t) => {
  t.deepEqual(changes('{\n\tsmp_mb();\n', 2), { 'drop-barrier': [';'] });
  t.deepEqual(changes('\trcu_assign_pointer(task->containers, group);', 1), {
    'drop-barrier': ['task->containers = group;'],
    'drop-call': [';'],
  });
});

test('an error path undoes one thing less, as far as there is one below', (t) => {
  const text = '{\n\tgoto one;\n\tgoto two;\none:\n\ta();\ntwo:\n\tb();\n}\n';
  t.deepEqual(changes(text, 2), { 'skip-undo': ['goto two;'] });
  t.deepEqual(changes(text, 3), {});
});

test('comments and directives are left alone', (t) => {
  for (const line of ['\t * if (a < b)', '#if a < b', '\t/* put(x); */']) t.deepEqual(changes(line, 1), {}, line);
});

test('a sample is the same for a seed, in the order of the files, and another for another one', (t) => {
  const all = Array.from({ length: 100 }, (_, index) => ({
    name: String(index),
    does: '',
    suites: [],
    change: () => Promise.resolve(new Map()),
  }));
  const names = (seed: number): string[] => sampleFaults(all, 10, seed).map(({ name }) => name);
  t.is(names(1).length, 10);
  t.deepEqual(names(1), names(1));
  t.deepEqual(
    names(1),
    [...names(1)].sort((a, b) => Number(a) - Number(b)),
  );
  t.notDeepEqual(names(1), names(2));
});
