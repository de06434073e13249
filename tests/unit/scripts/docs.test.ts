import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { Command } from 'commander';
import { z } from 'zod';
import { commandTable, fillBlocks, optionTable, schemaTable } from '../../../scripts/docs/blocks.ts';
import { commandsIn, pathsIn, wordsOf } from '../../../scripts/docs/mentions.ts';

test('a generated block is made anew, and one that nobody makes is an error', (t) => {
  const text = 'a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n';
  t.is(fillBlocks(text, { x: () => 'new\n' }), 'a\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nb\n');
  t.throws(() => fillBlocks(text, { y: () => '' }), { message: /no generated block "x"; there are y/ });
});

test('filling a filled document changes nothing', (t) => {
  const blocks = { x: () => '| a |\n' };
  const once = fillBlocks('<!-- generated: x -->\n<!-- end -->\n', blocks);
  t.is(fillBlocks(once, blocks), once);
});

const program = new Command('quiltboot').addCommand(
  new Command('cut').description('Cuts.\nMore.').argument('<file>').argument('[n]').option('--deep <a|b>', 'how deep'),
);

test('tables of commands and options come from the program', (t) => {
  t.regex(commandTable(program), /^\| `quiltboot cut <file> \[n\]` \| Cuts\. \|$/m);
  t.regex(optionTable(program, 'cut'), /^\| `--deep <a\\\|b>` \| how deep \|$/m);
  t.throws(() => optionTable(program, 'glue'), { message: 'no command glue' });
});

test('the table of a schema has each key with its whole path', (t) => {
  const schema = z.strictObject({
    trees: z.record(
      z.string(),
      z.strictObject({ git: z.strictObject({ ref: z.string().describe('A tag') }).optional(), base: z.string() }),
    ),
  });
  const made = schemaTable(schema, 'trees');
  t.regex(made, /^\| `trees\.NAME\.git\.ref` \| text \| yes \| A tag \|$/m);
  t.regex(made, /^\| `trees\.NAME\.git` \| mapping \| {2}\| {2}\|$/m);
  t.throws(() => schemaTable(schema, 'forests'), { message: /no key "forests"/ });
});

test('paths are found in documents everywhere, in code in comments only', (t) => {
  const words = (file: string, text: string): string[] => pathsIn(file, text).map(({ text: word }) => word);
  t.deepEqual(words('x.md', 'See `harness/x.ts`, scripts/ci/a.yml.'), ['harness/x.ts', 'scripts/ci/a.yml']);
  t.deepEqual(words('x.ts', `import a from 'harness/x.ts';\n// as harness/y.ts says`), ['harness/y.ts']);
  t.deepEqual(words('x.yaml', '# kconfig/6.1/*.config\nqueue: patches/none'), ['kconfig/6.1/*.config']);
  t.deepEqual(words('x.md', 'patches/SERIES/BASE/ and https://x.org/tests/a.c'), []);
});

test('commands are found in shell blocks and between backticks', (t) => {
  const text = [
    'Say `quiltboot run` or `harness/x`.',
    '```sh',
    'A=1 quiltboot run \\',
    '  --points 2   # the second',
    'quiltboot b4-check < MAIL | less',
    'cat x',
    '```',
    '```text',
    'quiltboot nonsense',
    '```',
  ].join('\n');
  t.deepEqual(
    commandsIn('x.md', text).map(({ line, text: words }) => [line, ...wordsOf(words)]),
    [
      [1, 'quiltboot', 'run'],
      [3, 'quiltboot', 'run', '--points', '2'],
      [5, 'quiltboot', 'b4-check'],
    ],
  );
});

test('the README is read in one go', async (t) => {
  const text = await readFile(path.resolve(import.meta.dirname, '../../../README.md'), 'utf8');
  const lines = text.split('\n').length - 1;
  t.true(lines <= 200, `${lines} lines; what is longer goes to docs/`);
});
