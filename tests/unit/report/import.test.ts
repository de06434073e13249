import test from 'ava';
import type { BaseReport, ImportResult } from '../../../harness/model/index.ts';
import { renderBase, renderImport } from '../../../harness/report/index.ts';

const none: ImportResult = {
  name: 'mine',
  base: '6.1',
  title: 'pulse: count beats',
  version: 1,
  queue: undefined,
  patches: [],
  repairs: [],
  notes: [],
  problems: [],
};
const queue = '/home/me/patches/mine/6.1';

test('an import names its queue and patches, and says which patch is not whole', (t) => {
  const patches = [
    { file: '0000-cover', title: 'cover', whole: true },
    { file: 'a.patch', title: 'a', index: 1, whole: true },
    { file: 'b.patch', title: 'b', index: 2, whole: false },
  ];
  t.is(
    renderImport({ ...none, queue, version: 3, patches }, '/home/me'),
    `series mine: "pulse: count beats", revision 3, in patches/mine/6.1
  0000-cover
  1  a.patch
  2  b.patch  (not whole, left out of the series)
`,
  );
  t.regex(renderImport({ ...none, queue }, queue), /, in \.$/m, 'the queue is the current directory');
});

test('remarks stand under their heading, with a place where they have one', (t) => {
  const text = renderImport(
    {
      ...none,
      repairs: [{ source: '/home/me/in/a.mbox', line: 7, text: 'line was wrapped' }],
      notes: [{ source: 'https://lore.example/x', text: 'no cover letter' }],
      problems: [{ text: 'patch 2 of 3 is missing' }],
    },
    '/home/me',
  );
  t.is(
    text,
    `repaired:
  in/a.mbox:7: line was wrapped
notes:
  https://lore.example/x: no cover letter
problems:
  patch 2 of 3 is missing
`,
  );
});

test('of too many remarks the first are shown, with the file that has all', (t) => {
  const problems = Array.from({ length: 23 }, (_, index) => ({ text: `problem ${index + 1}` }));
  const shown = renderImport({ ...none, problems, remarksFile: `${queue}/import-remarks.txt` }, '/home/me');
  t.regex(shown, / {2}problem 20\n {2}and 3 more, all in patches\/mine\/6\.1\/import-remarks\.txt\n$/);
  t.notRegex(shown, /problem 21/);
  t.regex(renderImport({ ...none, problems }, '/home/me'), /problem 23/, 'without such a file nothing is left out');
});

test('candidates for a base are told with what matches and applies, the reason once', (t) => {
  const report: BaseReport = {
    candidates: [
      { name: 'v6.1.3', matches: 4, applies: 1 },
      { name: 'v6.1.2', matches: 3, applies: 0 },
    ],
    blobs: 4,
    patches: 1,
    baseCommit: '0123456789ab',
    baseIsHere: false,
  };
  t.is(
    renderBase(report),
    `base: v6.1.3 (4 of 4 blobs match; base-commit is not here), 1 of 1 patch applies
      v6.1.2 (3 of 4 blobs match), 0 of 1 patch applies
`,
  );
  t.regex(renderBase({ ...report, patches: 2, baseIsHere: true }), /base-commit is here\), 1 of 2 patches apply$/m);
  t.is(
    renderBase({ candidates: [], blobs: 0, patches: 2, baseIsHere: false }),
    'base: nothing found (no base-commit is given)\n',
  );
});
