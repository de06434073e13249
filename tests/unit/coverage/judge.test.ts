import test from 'ava';
import { coverageCase } from '../../../harness/coverage/index.ts';
import type { CellCoverage, FileCoverage } from '../../../harness/model/index.ts';

const measured: FileCoverage = {
  path: 'kernel/spool.c',
  lines: [
    { from: 1, to: 9, by: [1] },
    { from: 12, to: 12, by: [] },
  ],
  added: 14,
};
const leftOut: FileCoverage = { path: 'kernel/reel.c', lines: [], added: 10, unknown: 'it is not compiled' };
const header: FileCoverage = {
  path: 'include/linux/spool.h',
  lines: [],
  added: 30,
  unknown: 'no object has code of it',
};

const cellWith = (...files: readonly FileCoverage[]): CellCoverage => ({
  by: ['the guest boots', 'spool › winds'],
  unread: [],
  patches: [{ point: 1, files }],
});

test('a demanded percentage is met by lines that ran', (t) => {
  t.is(coverageCase(cellWith(measured, header), 'x86_64', 90)?.outcome, 'pass');
  t.like(coverageCase(cellWith(measured), 'x86_64', 91), {
    outcome: 'fail',
    cause: {
      blame: 'suite',
      summary: '90.0 % of the new lines executed on x86_64 (9 of 10), --fail-under 91',
      excerpt: [],
    },
  });
});

test('lines of a file that was not measured count as not executed, and the failure names it', (t) => {
  t.like(coverageCase(cellWith(measured, leftOut, header), 's390x', 50), {
    outcome: 'fail',
    cause: {
      summary: '45.0 % of the new lines executed on s390x (9 of 20), --fail-under 50',
      excerpt: ['kernel/reel.c: its 10 new lines count as not executed: it is not compiled'],
    },
  });
  t.is(coverageCase(cellWith(measured, leftOut), 's390x', 45)?.outcome, 'pass');
});

test('where nothing was measured there is no case to pass', (t) => {
  t.is(coverageCase(cellWith(leftOut, header), 'x86_64', 1), undefined);
});
