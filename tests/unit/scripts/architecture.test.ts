import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { storeys } from '../../../scripts/layers/rules.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const text = await readFile(path.join(root, 'docs', 'architecture.md'), 'utf8');

/** Rows of the table "To add a …": the thing, the files, and how many of them are code. */
const rows = [...text.matchAll(/^\| \*\*([a-z ]+)\*\* \| (.+) \| (\d+) \|$/gm)].map(
  ([, thing = '', files = '', many]) => ({
    thing,
    code: [...files.replace(/ Then .*| For .*|, and a log.*/, '').matchAll(/`((?:harness|images)\/[^`]+)`/g)].map(
      ([, file = '']) => file,
    ),
    many: Number(many),
  }),
);

test('there are seven things to add, and each row counts the files that it names', (t) => {
  t.deepEqual(
    rows.map(({ thing }) => thing),
    ['target', 'report form', 'splat family', 'tree source', 'bisect predicate', 'suite runner', 'selection option'],
  );
  for (const { thing, code, many } of rows) t.is(code.length, many, thing);
});

test('every place of the table is there, and is the place where its like are', async (t) => {
  for (const { thing, code } of rows) {
    for (const file of code) {
      const isNew = /[A-Z]{4}/.test(path.basename(file));
      const place = isNew ? path.dirname(file) : file;
      const names = await readdir(path.join(root, path.dirname(place)));
      t.true(names.includes(path.basename(place)), `${thing}: ${place}`);
      if (!isNew) continue;
      const ending = path.extname(file);
      const alike = (await readdir(path.join(root, place))).filter((name) => name.endsWith(ending));
      t.true(alike.length > 1, `${thing}: ${place} has nothing like it`);
    }
  }
});

test('the storeys of the pipeline are those of the layer rules', (t) => {
  const written = /each may import those below its own:\s+([^.]+)\./.exec(text)?.[1] ?? '';
  t.deepEqual(
    written.split('<').map((storey) => [...storey.matchAll(/`([a-z]+)`/g)].map(([, name]) => name)),
    storeys.map((storey) => [...storey]),
  );
});
