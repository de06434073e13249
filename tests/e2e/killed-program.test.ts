/** The program killed with SIGKILL, as by the machine's own hand, and started again. */
import test from 'ava';
import { between, killAfter } from '../support/processes.ts';
import { changeSched, fakeProject, latestRun, mail, schedLine } from '../support/program.ts';

test('a run killed again and again ends well at last: nothing runs on, nothing is lost, nothing comes twice', async (t) => {
  t.timeout(240_000);
  const place = await fakeProject(t, {
    'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')),
    'two.patch': mail('say less', changeSched('say("log sched: set");', 'say("log sched: go");')),
  });
  const words = ['build', '--target', 'x86_64,s390x'];
  for (let round = 0; round < 3; round += 1) {
    const after = between(300, 3000);
    t.deepEqual(await killAfter(place.start(...words), after), [], `killed after ${after} ms`);
  }
  const { code, err } = await place.run(...words);
  t.is(code, 0, err);
  const run = await latestRun(place);
  const cells = run.cells.map(({ point, target, outcome }) => `${point} ${target} ${outcome}`);
  t.deepEqual(
    cells.sort(),
    [0, 1, 2].flatMap((point) => [`${point} s390x pass`, `${point} x86_64 pass`]),
  );
  await place.run(...words);
  t.true(
    (await latestRun(place)).cells.every(({ reused }) => reused),
    'what was stored is whole',
  );
});
