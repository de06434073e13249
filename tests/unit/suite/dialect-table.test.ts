import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { findDialect } from '../../../harness/suite/dialect.ts';

test('the readme has a row for each difference of the control groups, and no other', async (t) => {
  const text = await readFile(path.resolve(import.meta.dirname, '../../../README.md'), 'utf8');
  const table = text.slice(text.indexOf('| difference | reason |')).split('\n\n')[0] ?? '';
  const rows = [...table.matchAll(/^\| `([a-z0-9-]+)` \| (.+) \|$/gm)].map(([, name, reason]) => [name, reason]);
  t.deepEqual(rows, Object.entries(findDialect('cgroup1').differences));
});
