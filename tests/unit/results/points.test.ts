import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { parsePoints } from '../../../harness/results/index.ts';

test('selections of points', (t) => {
  t.deepEqual(parsePoints('all', 3), [0, 1, 2, 3]);
  t.deepEqual(parsePoints('final', 3), [3]);
  t.deepEqual(parsePoints('0', 3), [0]);
  t.deepEqual(parsePoints('1..2', 3), [1, 2]);
  t.deepEqual(parsePoints('2,0,final', 3), [0, 2, 3]);
  t.deepEqual(parsePoints('all', 0), [0]);
});

for (const bad of ['', '4', '2..9', '3..1', '-1', 'last', '1.5', '1..']) {
  test(`"${bad}" is refused with what is allowed`, (t) => {
    const error = t.throws(() => parsePoints(bad, 3), { instanceOf: UserError });
    t.regex(error.hint ?? '', /from 0 \(the base\) to 3/);
  });
}
