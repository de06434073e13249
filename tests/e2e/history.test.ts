import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { changeSched, fakeProject, mail, schedLine } from '../support/program.ts';

test('the history of a project: what its stored runs say together', async (t) => {
  const place = await fakeProject(t, {
    'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')),
  });
  const none = await place.run('history');
  t.is(none.code, 2);
  t.regex(none.err, /no stored run in .*\.quiltboot\/runs/);

  await place.run('build');
  await place.write(
    'patches/one.patch',
    mail('say more', changeSched(schedLine, 'int broken(void) { return missing; }')),
  );
  await place.run('build');
  await place.write('.quiltboot/runs/20260101-000000-broken/run.json', '{"cells": 1}');

  const { code, out, err } = await place.run('history');
  t.is(code, 0, err);
  t.regex(out, /^mine on mini: 2 runs, /);
  // Its content is another, so it is another patch.
  t.regex(out, /one\.patch +x86_64 +0\/1 +never/);
  t.regex(err, /left out: .*20260101-000000-broken\/run\.json is not a stored run/);

  await place.run('history', '--html', 'history.html');
  t.regex(
    await readFile(path.join(place.directory, 'history.html'), 'utf8'),
    /^<!doctype html>[^]*History of mine on mini/,
  );
  const typo = await place.run('history', '--series', 'mnie');
  t.is(typo.code, 2);
  t.regex(typo.err, /no stored run of series mnie[^]*there are 2 of other series or trees/);
});
