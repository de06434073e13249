/** Coverage of the container series on a real kernel that counts. */
import test from 'ava';
import { countPatches } from '../../harness/model/index.ts';
import { passes, projectPlace } from '../support/series-run.ts';

test.serial('the cases say which new lines of the container series they execute', async (t) => {
  const words = ['run', 'container', '--target', 'x86_64', '--points', 'final', '--coverage', '--suite', 'tasks'];
  const run = await passes(t, await projectPlace(t), ...words);
  const [cell] = run.cells;
  t.is(cell?.coverage?.unmeasured, undefined);
  t.deepEqual(cell?.coverage?.unread, []);
  const count = countPatches(cell?.coverage?.patches ?? []);
  t.log(count);
  t.true(count.accepted > 50 && count.accepted < count.lines - count.executed, JSON.stringify(count));
  t.true(count.lines > 800 && count.executed > 300 && count.executed < count.lines, JSON.stringify(count));
});
