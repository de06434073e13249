import test from 'ava';
import type { SymbolChanges } from '../../../harness/model/index.ts';
import { type ReportKind, renderReport } from '../../../harness/report/index.ts';
import { parseRun } from '../../../harness/results/index.ts';
import { built as build, runOf, testedCell } from '../../support/sample-run.ts';

const symbols: SymbolChanges = {
  added: { symbols: 2, bytes: 4500 },
  removed: { symbols: 1, bytes: -64 },
  grown: { symbols: 1, bytes: 112 },
  shrunk: { symbols: 0, bytes: 0 },
  largest: [
    { name: 'quilt_new', before: null, now: 4436 },
    { name: 'quilt_do', before: 1000, now: 1112 },
    { name: 'quilt_old', before: 64, now: null },
  ],
};
const size = (text: number) => ({ text, data: 8, bss: 8, by: 'symbols' }) as const;
const previous = { point: 0, build: { ...build, size: size(1000) }, config: [], symbols };
const series = { name: 'quilt', patches: [{ name: 'a.patch', subject: 's' }] };
const run = runOf(
  ['x86_64', 's390x'].flatMap((target) => [
    testedCell(0, target, { a: 'pass' }, { build: { ...build, size: size(1000) } }),
    testedCell(1, target, { a: 'pass' }, { build: { ...build, size: size(5548) }, previous }),
  ]),
  { series, points: [0, 1], targets: ['x86_64', 's390x'] },
);

const words = /added \+4,500 in 2 symbols, removed -64 in 1 symbol, grown \+112 in 1 symbol/;

for (const kind of ['text', 'markdown', 'html', 'junit', 'tap'] satisfies ReportKind[])
  test(`${kind} tells what each patch adds to each target, and the largest by name`, (t) => {
    const text = renderReport(run, kind).replaceAll(/&#(\d+);/g, (_, code: string) =>
      String.fromCharCode(Number(code)),
    );
    t.is(text.match(new RegExp(words, 'g'))?.length, 2, text);
    t.regex(text, /\+4,548 bytes: added/);
    t.is(text.match(/quilt_new/g)?.length, 2);
    if (kind !== 'html') t.regex(text, /quilt_do \+112 \(1,000 to 1,112\)/);
    else t.regex(text, /quilt_do<\/th><td class="number">1,000<\/td><td class="number">1,112<\/td>/);
  });

test('JSON has it as numbers, is read again, and KCIDB carries it', (t) => {
  const read = parseRun(JSON.parse(renderReport(run, 'json')), 'run.json');
  t.deepEqual(read.cells.find(({ point }) => point === 1)?.changes?.symbols, symbols);
  t.true(renderReport(run, 'kcidb').includes('"symbols":{"added":{"symbols":2,"bytes":4500}'));
});
