import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { concludeRun, parseRun } from '../../../harness/results/index.ts';
import { mixedRun } from '../../support/sample-run.ts';

const file = 'runs/last/run.json';

test('a stored run comes back as it was, with what a newer version added', (t) => {
  const run = mixedRun;
  t.deepEqual(concludeRun(parseRun(structuredClone(run), file)), run);
  const newer = { ...run, weather: 'fine', cells: run.cells.map((one) => ({ ...one, mood: 1 })) };
  t.like(parseRun(newer, file), { weather: 'fine' });
});

test('conclusions are drawn from the cells, whatever the file says of them', (t) => {
  const run = mixedRun;
  const forged = { ...run, verdict: 'pass', counts: {}, findings: [] };
  t.deepEqual(concludeRun(parseRun(forged, file)), run);
});

const whole = mixedRun;
const [first] = whole.cells;

/** What stands in the file, and what is told of it. */
const damaged: readonly [string, unknown, RegExp][] = [
  ['nearly nothing', { format: 1, cells: [] }, /is not a stored run: .* at id$/],
  ['a list', [], /is not a stored run/],
  ['null', null, /is not a stored run/],
  ['a number', 7, /is not a stored run/],
  ['another version', { ...whole, format: 2 }, /written by another version of quiltboot/],
  ['cells that are a map', { ...whole, cells: {} }, / at cells$/],
  ['a cell that is null', { ...whole, cells: [null] }, / at cells\.0$/],
  ['a point that is a text', { ...whole, cells: [{ ...first, point: '1' }] }, / at cells\.0\.point$/],
  ['an unknown outcome', { ...whole, cells: [{ ...first, outcome: 'good' }] }, / at cells\.0\.outcome$/],
  ['cases without a name', { ...whole, cells: [{ ...first, cases: [{}] }] }, / at cells\.0\.cases\.0\.suite$/],
  ['a patch without a name', { ...whole, series: { name: 'a', patches: [{}] } }, / at series\.patches\.0\.name$/],
  ['a comparison with nothing', { ...whole, comparison: {} }, / at comparison\.against$/],
];

for (const [what, value, expected] of damaged) {
  test(`a file with ${what} is the user's mistake`, (t) => {
    const error = t.throws(() => parseRun(value, file), { instanceOf: UserError });
    t.regex(error.message, expected);
    t.true(error.message.startsWith(file));
    t.is(error.exitCode, 2);
  });
}
