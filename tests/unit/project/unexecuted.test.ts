import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { parseUnexecuted } from '../../../harness/project/index.ts';

test('a list of lines that need not be executed is read with its places', (t) => {
  const text =
    '- file: kernel/spool.c\n  lines: |\n    if (!spool)\n\n            return -ENOMEM;\n  why: memory is there\n';
  t.deepEqual(parseUnexecuted(text, 'list.yaml'), [
    {
      file: 'kernel/spool.c',
      lines: ['if (!spool)', 'return -ENOMEM;'],
      why: 'memory is there',
      location: { file: 'list.yaml', line: 1, column: 3 },
    },
  ]);
});

for (const [what, text, message, line] of [
  ['no reason', '- file: x.c\n  lines: a\n', /missing key "why"/, 1],
  ['no lines', '- {file: x.c, lines: " ", why: y}\n', /lines: expected at least 1 character/, 1],
  ['a wrong word', '- {file: x.c, line: a, why: y}\n', /missing key "lines"|unknown key "line"/, 1],
  ['no list', 'file: x.c\n', /expected a list/, 1],
  ['broken YAML', '- {file: x.c\n', /./, 2],
] as const) {
  test(`a list of lines with ${what} is a mistake with its place`, (t) => {
    const error = t.throws(() => parseUnexecuted(text, 'list.yaml'), { instanceOf: UserError });
    t.regex(error.message, message);
    t.like(error.location, { file: 'list.yaml', line });
  });
}
