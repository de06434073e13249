import test from 'ava';
import fc from 'fast-check';
import { UserError } from '../../../harness/model/index.ts';
import { parseQueue } from '../../../harness/series/queue.ts';

const file = '/queue/series';

function failure(text: string): UserError {
  try {
    parseQueue(text, file);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('names stand one a line, comments and blank lines are left out', (t) => {
  const text = '# first\n\none.patch\n  sub/two.patch -p1 # why\n\t\nthree.patch\t#-p0\n';
  t.deepEqual(parseQueue(text, file), [
    { name: 'one.patch', line: 3 },
    { name: 'sub/two.patch', line: 4 },
    { name: 'three.patch', line: 6 },
  ]);
});

test('a # within a name belongs to the name', (t) => {
  t.deepEqual(parseQueue('fix#2.patch\n', file), [{ name: 'fix#2.patch', line: 1 }]);
});

test('lines may end in CR LF', (t) => {
  t.deepEqual(parseQueue('one.patch\r\n', file), [{ name: 'one.patch', line: 1 }]);
});

for (const option of ['-p0', '-pab', '-R', '-p2']) {
  test(`option ${option} is refused with its line`, (t) => {
    const error = failure(`one.patch\ntwo.patch ${option}\n`);
    t.deepEqual(error.location, { file, line: 2 });
    t.true(error.message.includes(option));
  });
}

for (const name of ['/etc/passwd', '../other.patch', 'a/../../b.patch']) {
  test(`${name} is outside of the queue`, (t) => {
    const error = failure(`${name}\n`);
    t.deepEqual(error.location, { file, line: 1 });
    t.regex(error.message, /outside of the directory/);
  });
}

test('a name that stands there twice is refused with both lines', (t) => {
  const error = failure('one.patch\n\none.patch\n');
  t.deepEqual(error.location, { file, line: 3 });
  t.regex(error.message, /twice, first in line 1/);
});

for (const [what, text] of [
  ['an empty file', ''],
  ['comments alone', '# nothing\n\n'],
] as const) {
  test(`${what} is no series`, (t) => {
    const error = failure(text);
    t.is(error.message, 'the series file names no patch');
    t.deepEqual(error.location, { file });
  });
}

test('names come back in their order, whatever stands between them', (t) => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,12}$/);
  const noise = fc.constantFrom('', '# note', '   ', '\t# -R');
  const lines = fc.uniqueArray(fc.tuple(name, noise), { minLength: 1, selector: ([unique]) => unique });
  t.notThrows(() =>
    fc.assert(
      fc.property(lines, (pairs) => {
        const text = pairs.flatMap(([entry, between]) => [between, entry]).join('\n');
        const read = parseQueue(text, file).map((entry) => entry.name);
        return JSON.stringify(read) === JSON.stringify(pairs.map(([entry]) => entry));
      }),
    ),
  );
});
