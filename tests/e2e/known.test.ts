import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { changeSched, fakeProject, latestRun, mail, type Place, schedLine } from '../support/program.ts';

const breaks = mail('break it', changeSched(schedLine, 'int broken(void) { return missing_thing; }'));
const why = 'https://example.org/bugs/7';

async function declare(place: Place, known: string): Promise<void> {
  const file = path.join(place.directory, 'quiltboot.yaml');
  const text = (await readFile(file, 'utf8')).replace(/^known:[^]*/m, '');
  await place.write('quiltboot.yaml', `${text}known:\n  - ${known}\n`);
}

test('a failure that the project file knows does not fail a run until its day is over', async (t) => {
  const place = await fakeProject(t, { 'one.patch': breaks });
  t.is((await place.run('build')).code, 1);

  await declare(place, `{title: missing_thing, until: 2999-12-31, why: "${why}"}`);
  const { code, out, err } = await place.run('build');
  t.is(code, 0, err);
  t.regex(out, /1\s+one\.patch\s+known build/);
  t.regex(out, /known: "missing_thing", x86_64 at point 1, until 2999-12-31: https:\/\/example\.org\/bugs\/7/);
  t.regex(out, /verdict: pass, 1 known failure/);
  t.is((await place.run('report')).out, out, 'a stored run says the same');

  await declare(place, `{title: missing_thing, until: 2007-07-20, why: "${why}"}`);
  const expired = await place.run('build');
  t.is(expired.code, 1);
  t.regex(expired.out, /counts again, was known until 2007-07-20: "missing_thing"/);
  t.like((await latestRun(place)).cells[1], { outcome: 'fail', blame: 'kernel' });

  await declare(place, `{title: missing_thing, target: s930x, why: "${why}"}`);
  const unknown = await place.run('build');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /quiltboot\.yaml:10:5: there is no target "s930x"/);
});
