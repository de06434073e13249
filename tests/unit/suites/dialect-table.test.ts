import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import cgroup2007 from '../../suites/container/dialects/cgroup-2007.ts';
import cgroup1 from '../../suites/container/dialects/cgroup1.ts';

/** The rows of a table of the suites' readme, as pairs. */
function rowsOf(table: string): [string, string][] {
  const rows = (table.split('\n\n')[0] ?? '').matchAll(/^\| `([a-z0-9-]+)` \| (.+) \|$/gm);
  return [...rows].map(([, name = '', reason = '']) => [name, reason]);
}

test('the readme of the suites has a row for each difference of the control groups, and no other', async (t) => {
  const text = await readFile(path.resolve(import.meta.dirname, '../../suites/container/README.md'), 'utf8');
  const tables = text.split('| difference | reason |').slice(1).map(rowsOf);
  t.deepEqual(
    tables,
    [cgroup2007, cgroup1].map(({ differences }) => Object.entries(differences)),
  );
});
