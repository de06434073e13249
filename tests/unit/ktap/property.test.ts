import test from 'ava';
import fc from 'fast-check';
import { allPass, ktapCases } from '../../../harness/ktap/cases.ts';
import { createKtapReader } from '../../../harness/ktap/index.ts';
import type { KtapCase } from '../../../harness/model/index.ts';

interface Test {
  readonly name: string;
  readonly ok: boolean;
  readonly children: readonly Test[];
}

const name = fc.stringMatching(/^[a-z][a-z_]{0,12}$/);

const { tests } = fc.letrec<{ tests: readonly Test[]; one: Test }>((tie) => ({
  tests: fc.uniqueArray(tie('one'), { minLength: 1, maxLength: 4, selector: (one) => one.name }),
  one: fc.record({
    name,
    ok: fc.boolean(),
    children: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.constant([]), tie('tests')),
  }),
}));

const styles = {
  ktap: (indent: string): string[] => [`${indent}KTAP version 1`],
  kunit: (indent: string, of: string): string[] => [`${indent}KTAP version 1`, `${indent}# Subtest: ${of}`],
  old: (indent: string, of: string): string[] => [`${indent}# Subtest: ${of}`],
};
type Style = keyof typeof styles;

function passes({ ok, children }: Test): boolean {
  return children.length === 0 ? ok : children.every(passes);
}

function print(level: readonly Test[], style: Style, step: string, indent = ''): string[] {
  return level
    .flatMap((one, index) => [
      ...(one.children.length === 0
        ? []
        : [...styles[style](indent + step, one.name), ...print(one.children, style, step, indent + step)]),
      `${indent}${passes(one) ? 'ok' : 'not ok'} ${index + 1} ${style === 'old' ? '- ' : ''}${one.name}`,
    ])
    .toSpliced(0, 0, ...(level.length > 0 ? [`${indent}1..${level.length}`] : []));
}

function stream(level: readonly Test[], style: Style, step: string): string[] {
  return [style === 'old' ? 'TAP version 14' : 'KTAP version 1', ...print(level, style, step)];
}

function leaves(level: readonly Test[], above: readonly string[] = []): string[] {
  return level.flatMap((one) =>
    one.children.length === 0
      ? [`${one.ok ? 'pass' : 'fail'} ${[...above, one.name].join('/')}`]
      : leaves(one.children, [...above, one.name]),
  );
}

function read(lines: readonly string[]): readonly KtapCase[] {
  const reader = createKtapReader();
  for (const line of lines) reader.push(line);
  return ktapCases(reader.tree(), { ending: 'unknown' }).cases;
}

const style = fc.constantFrom<Style>('ktap', 'kunit', 'old');
const step = fc.constantFrom('  ', '    ', '\t');
const noise = fc.constantFrom(
  'random: crng init done',
  '  # winding',
  'usb 1-1: ok, new device',
  '# 12 pages',
  'okay 3',
  '    Expected a == b, but',
  '',
);
const rounds = process.env['QUILTBOOT_TEST_ALL'] === '1' ? 3000 : 150;

test('whatever is printed is read as it was meant, with anything in between', (t) => {
  fc.assert(
    fc.property(
      tests,
      style,
      step,
      fc.array(fc.tuple(fc.nat(), noise), { maxLength: 8 }),
      (all, how, blank, others) => {
        const lines = stream(all, how, blank);
        for (const [at, line] of others) lines.splice(1 + (at % lines.length), 0, line);
        t.deepEqual(
          read(lines).map(({ outcome, path }) => `${outcome} ${path.join('/')}`),
          leaves(all),
        );
      },
    ),
    { numRuns: rounds },
  );
});

const isResult = (line: string): boolean => /^\s*ok \d/.test(line);

test('a stream that lost a result, or its end, never passes', (t) => {
  const green = (all: readonly Test[]): Test[] =>
    all.map((one) => ({ ...one, ok: true, children: green(one.children) }));
  fc.assert(
    fc.property(tests, style, step, fc.nat(), fc.constantFrom('cut', 'lose', 'fail'), (all, how, blank, at, damage) => {
      const lines = stream(green(all), how, blank);
      t.true(allPass(read(lines)));
      const results = lines.flatMap((line, index) => (isResult(line) ? [index] : []));
      const hit = results[at % results.length] ?? 0;
      if (damage === 'cut') t.false(allPass(read(lines.slice(0, hit))), lines.join('\n'));
      else if (damage === 'lose') t.false(allPass(read(lines.toSpliced(hit, 1))), lines.join('\n'));
      else t.false(allPass(read(lines.with(hit, (lines[hit] ?? '').replace('ok', 'not ok')))), lines.join('\n'));
    }),
    { numRuns: rounds },
  );
});

test('any bytes are read without an error, and never pass without a result', (t) => {
  const word = fc.constantFrom(
    'ok 1',
    'not ok',
    '1..',
    '3',
    '#',
    ' ',
    '  ',
    'SKIP',
    'KTAP version 1',
    '# Subtest:',
    '\t',
    'a',
    '-',
    '\n',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 60 }),
      fc.boolean(),
      (parts, program) => {
        const reader = createKtapReader({ program });
        const lines = parts.join('').split('\n');
        for (const line of lines) reader.push(line);
        const { cases } = ktapCases(reader.tree(), { ending: 'whole' });
        t.true(cases.length > 0);
        if (!lines.some((line) => /\bok\b/.test(line))) t.false(allPass(cases));
      },
    ),
    { numRuns: 5 * rounds },
  );
});
