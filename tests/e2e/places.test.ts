/** Where runs are kept, and what of a project is called by its name. */
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { changeSched, fakeProject, mail, placeIn, schedLine } from '../support/program.ts';

const good = { 'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')) };

test('runs lie beside the project file, in whatever directory below it a command is given, and git passes them over', async (t) => {
  const place = await fakeProject(t, good);
  const below = path.join(place.directory, 'patches');
  await mkdir(below, { recursive: true });
  const run = await placeIn(below, place.env).run('apply');
  t.is(run.code, 0, run.err);
  t.true((await stat(path.join(place.directory, '.quiltboot/runs/latest/run.json'))).isFile());
  t.is(await readFile(path.join(place.directory, '.quiltboot/.gitignore'), 'utf8'), '*\n');
  const report = await placeIn(below, place.env).run('report');
  t.is(report.code, 0, report.err);
  t.regex(report.out, /one\.patch/);
  const named = await placeIn(below, place.env).run('apply', '--out', 'runs');
  t.is(named.code, 0, named.err);
  t.true(
    (await stat(path.join(below, 'runs/latest/run.json'))).isFile(),
    'a place that is named is where the command is given',
  );
});

test('a cover letter in a queue is called that', async (t) => {
  for (const [name, subject] of [
    ['0000-cover-letter.patch', 'anything'],
    ['intro.patch', '[PATCH v2 0/1] say more'],
    ['head.patch', '*** SUBJECT HERE ***'],
  ] as const) {
    const place = await fakeProject(t, good);
    await place.write(`patches/${name}`, `From: A Hacker <hacker@example.org>\nSubject: ${subject}\n\nWords alone.\n`);
    await place.write('patches/series', `${name}\none.patch\n`);
    const { code, err } = await place.run('apply');
    t.is(code, 2, err);
    t.regex(err, /this is a cover letter, not a patch/);
    t.true(err.includes(name), err);
  }
});

test('a configuration may say otherwise than a fragment of the series', async (t) => {
  const place = await fakeProject(t, good);
  const file = await readFile(path.join(place.directory, 'quiltboot.yaml'), 'utf8');
  await place.write(
    'quiltboot.yaml',
    `${file.replace('{queue: patches}', '{queue: patches, fragments: [mine.config]}')}configurations:\n  up: {"6.1": {all: [up.config]}}\n`,
  );
  await place.write('mine.config', 'CONFIG_SMP=y\n');
  await place.write('up.config', 'CONFIG_SMP=n\n');
  const { code, out, err } = await place.run('build', '--config', 'up', '--points', '0');
  t.is(code, 0, out + err);
  const config = await readFile(path.join(place.directory, '.quiltboot/runs/latest/cells/0-x86_64/config'), 'utf8');
  t.regex(config, /^# CONFIG_SMP is not set$/m);
});
