/** Patches that an archive has damaged get their bytes back from the real tree. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { realProject, wholeQueue } from '../support/broken-series.ts';

/** The changes of a patch, without the mail around them and without what only git needs. */
function changesOf(patch: string): string {
  return patch
    .slice(patch.indexOf('diff --git '))
    .replace(/^-- \n[\s\S]*/m, '')
    .replaceAll(/^index .*\n/gm, '');
}

/** What a forum makes of a patch: a space in front of each line, and context without the white space that it begins with. */
function asForum(text: string): string {
  return text
    .split('\n')
    .map((line) => ` ${line.startsWith(' ') ? line.trim() : line}`)
    .join('\n');
}

test('the whole series, as a forum has damaged it, comes out byte for byte on the real tree', async (t) => {
  const place = await realProject(t);
  const queue = await readFile(path.join(wholeQueue, 'series'), 'utf8');
  const own = queue.trim().split('\n');
  for (const name of own) {
    const patch = await readFile(path.join(wholeQueue, name), 'utf8');
    const subject = /^Subject: (.*)$/m.exec(patch)?.[1] ?? '';
    await place.write(
      `${name}.txt`,
      asForum(
        `Subject: ${subject}\nPosted by A Hacker on Mon, 02 Jul 2007 08:00:00 GMT\n\nWords.\n\n${changesOf(patch)}`,
      ),
    );
  }
  const pages = own.map((name) => `${name}.txt`);
  const { code, out, err } = await place.run('import', ...pages, '--name', 'forum', '--tree', 'linux-6.1');
  t.is(code, 0, out + err);
  t.log(out);
  const series = await readFile(path.join(place.directory, 'patches/forum/6.1/series'), 'utf8');
  const names = series.split('\n').filter((line) => line.endsWith('.patch'));
  t.is(names.length, own.length, series);
  for (const [index, name] of names.entries()) {
    const imported = await readFile(path.join(place.directory, 'patches/forum/6.1', name), 'utf8');
    t.is(changesOf(imported), changesOf(await readFile(path.join(wholeQueue, own[index] ?? ''), 'utf8')), name);
  }
});
