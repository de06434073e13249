import test from 'ava';
import { changeSched, fakeProject, latestRun, mail, placeIn, schedLine } from '../support/program.ts';

test('a cache that was freed to the last byte is filled again by the next run', async (t) => {
  const place = await fakeProject(t, {
    'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')),
  });
  t.is((await place.run('build')).code, 0);
  const shown = await place.run('gc');
  t.is(shown.code, 0, shown.err);
  t.regex(shown.out, /^cache .*\nkind +entries +size +used\n/);
  t.regex(shown.out, /^store +\d+ +[\d.]+ [KM]iB +today$/m);
  t.regex(shown.out, /^worktrees +1 /m);
  t.notRegex(shown.out, /removed/);

  const freed = await place.run('gc', '--max-size', '0');
  t.is(freed.code, 0, freed.err);
  t.regex(freed.out, /\nremoved \d+ entries, /);
  t.regex((await place.run('gc')).out, /^all +0 +0 B$/m);

  const small = placeIn(place.directory, { ...place.env, QUILTBOOT_CACHE_LIMIT: '1K' });
  const again = await small.run('build');
  t.is(again.code, 0, again.err);
  t.regex(again.err, /the cache .* holds .*, more than 1\.0 KiB: quiltboot gc --max-size 1K frees/);
  t.false((await latestRun(place)).cells.some((cell) => cell.reused));
});

test('what is no size or number of days is a mistake', async (t) => {
  const place = await fakeProject(t, {});
  for (const [words, said] of [
    [['--max-size', '20X'], /expected a size such as 20G/],
    [['--keep-days', '-1'], /expected a number of days/],
  ] as const) {
    const { code, err } = await place.run('gc', ...words);
    t.is(code, 2, err);
    t.regex(err, said);
  }
});
