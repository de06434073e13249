import test from 'ava';
import type { CellCoverage, CoveredDiff, FileCoverage, Run } from '../../../harness/model/index.ts';
import { renderReport, renderText } from '../../../harness/report/index.ts';
import { mergeRuns, parseRun } from '../../../harness/results/index.ts';
import { patchesOf, runOf, testedCell } from '../../support/sample-run.ts';

const spool: FileCoverage = {
  path: 'kernel/spool.c',
  lines: [
    { from: 3, to: 9, by: [1, 2] },
    { from: 10, to: 10, by: [0] },
    { from: 12, to: 13, by: [] },
    { from: 15, to: 15, by: [] },
    { from: 40, to: 40, by: [] },
  ],
  added: 20,
};

const coverageWith = (...files: readonly FileCoverage[]): CellCoverage => ({
  by: ['the guest boots', 'tasks › winds', 'tasks › <b>unwinds'],
  unread: ['tasks › hangs'],
  patches: [
    { point: 1, files },
    { point: 2, files: [] },
  ],
});

const diff: CoveredDiff = {
  point: 1,
  files: [
    {
      path: 'kernel/spool.c',
      then: 'kernel/reel.c',
      hunks: [
        {
          from: 1,
          text: [' int kept;', '+int three = "<script>";', '+', '+int gone;', '-int old;', '+int twelve;'],
          now: [3, 11, 0, 12],
        },
      ],
    },
  ],
};

const shared: Partial<Run> = {
  points: [0, 2],
  series: { name: 'x', patches: patchesOf(2) },
  coverage: { point: 2, patches: [diff, { point: 2, files: [] }] },
};

function measured(): Run {
  const cases = { winds: 'pass' } as const;
  const header: FileCoverage = {
    path: 'include/linux/spool.h',
    lines: [],
    added: 1,
    unknown: 'no object has code of it',
  };
  const onOther = {
    ...spool,
    lines: [
      { from: 3, to: 3, by: [] },
      { from: 12, to: 13, by: [] },
    ],
  };
  return runOf(
    [
      testedCell(0, 'x86_64', cases),
      testedCell(2, 'x86_64', cases, { coverage: coverageWith(spool, header) }),
      testedCell(2, 's390x', cases, { coverage: coverageWith(onOther, header) }),
    ],
    shared,
  );
}

test('each patch says how many of its new lines ran, which never did, and what is not known', (t) => {
  const text = renderText(measured());
  const lines = text.split('\n');
  const from = lines.indexOf('coverage of the new lines, at point 2:');
  t.deepEqual(lines.slice(from + 1, from + 9), [
    '  all patches: 8 of 12 new lines executed on x86_64 (66.6 %), 1 of them only while it booted',
    '  all patches: 0 of 3 new lines executed on s390x (0.0 %)',
    '  patch 1/2 (a.patch): 8 of 12 new lines executed on x86_64; 0 of 3 new lines executed on s390x',
    '    never on x86_64: kernel/spool.c:12-15, 40',
    '    never on s390x: kernel/spool.c:3, 12-13',
    '    not measured: include/linux/spool.h (1 new line): no object has code of it',
    '  not known on x86_64 what 1 case executed: tasks › hangs',
    '  not known on s390x what 1 case executed: tasks › hangs',
  ]);
  t.regex(text, /verdict: pass/);
  t.notRegex(renderText(runOf([])), /coverage/);
});

test('a target that measured nothing is said and no pass, beside one that did', (t) => {
  const cases = { winds: 'pass' } as const;
  const none: CellCoverage = { unmeasured: 'Linux 2.6.22 has no gcov', by: [], unread: [], patches: [] };
  const { cells } = measured();
  const mixed = runOf([...cells.slice(0, 2), testedCell(2, 's390x', cases, { coverage: none })], shared);
  const text = renderText(mixed);
  t.regex(text, /^ {2}coverage not measured on s390x: Linux 2\.6\.22 has no gcov$/m);
  t.regex(text, /^verdict: untested: coverage not measured on s390x: Linux 2\.6\.22 has no gcov/m);
  t.regex(text, /point 2 \(b\.patch\) on s390x: not covered \[QB-NOT-COVERED\]/);
});

test('code of which no line is known is not measured; a series without code is', (t) => {
  const only: FileCoverage = { path: 'lib/a.c', lines: [], added: 3, unknown: 'CONFIG_A is not set' };
  const cases = { winds: 'pass' } as const;
  const of = (coverage: CellCoverage): Run =>
    runOf([testedCell(0, 'x86_64', cases), testedCell(2, 'x86_64', cases, { coverage })], shared);
  t.is(of(coverageWith(only)).verdict, 'untested');
  t.is(of(coverageWith()).verdict, 'pass');
});

test('the page shows the diff with what executed each line, and escapes all of it', (t) => {
  const page = renderReport(measured(), 'html');
  t.regex(page, /<h4>kernel\/spool\.c \(was kernel\/reel\.c\)<\/h4>/);
  t.regex(
    page,
    /<pre class="part">◐ \+int three = &quot;&lt;script&gt;&quot;;\n<\/pre><details><summary>2 cases<\/summary>/,
  );
  t.regex(page, /<li>x86_64: tasks › winds; tasks › &lt;b&gt;unwinds<\/li>/);
  t.regex(page, /<pre class="miss">✗ \+int twelve;\n<\/pre>/);
  t.regex(page, /<pre class="gone">~ \+int gone;\n<\/pre>/);
  t.false(page.includes('<b>unwinds'));
  t.notRegex(renderReport(runOf([]), 'html'), /id="coverage"/);
});

test('a stored run has it again, and so has one that is merged of shards', (t) => {
  const run = measured();
  const again = parseRun(JSON.parse(renderReport(run, 'json')), 'run.json');
  t.deepEqual(again.coverage, run.coverage);
  t.deepEqual(again.cells[1]?.coverage, run.cells[1]?.coverage);
  const part = (target: string): Run =>
    runOf(
      run.cells.filter((cell) => cell.target === target),
      { ...shared, targets: [target] },
    );
  const merged = mergeRuns([part('x86_64'), part('s390x')], { id: 'm', command: 'quiltboot merge' }).run;
  t.deepEqual(merged.coverage, run.coverage);
  t.regex(renderText(merged), /8 of 12 new lines executed on x86_64/);
});

test('accepted lines are told apart from those that never ran, and entries that nobody needs are named', (t) => {
  const cases = { winds: 'pass' } as const;
  const accepting = (line: number, ...needless: NonNullable<CellCoverage['needless']>): CellCoverage => ({
    ...coverageWith({
      ...spool,
      lines: [
        { from: 3, to: 9, by: [1] },
        { from: line, to: line, by: [], accepted: 'no memory, says <who>' },
        { from: 40, to: 40, by: [] },
      ],
    }),
    needless,
  });
  const [everywhere, here] = [{ what: 'list.yaml:3: a.c: x: no patch adds these lines' }, { what: 'list.yaml:9: b' }];
  const run = runOf(
    [
      testedCell(2, 'x86_64', cases, { coverage: accepting(12, everywhere, here) }),
      testedCell(2, 's390x', cases, { coverage: accepting(12, everywhere, { what: 'own', own: true }) }),
    ],
    shared,
  );
  const text = renderText(run);
  t.regex(text, /all patches: 7 of 9 new lines executed on x86_64, 1 accepted \(87\.5 %\)/);
  t.regex(text, /never: kernel\/spool\.c:40$/m);
  t.deepEqual(
    text.split('\n').filter((line) => line.includes('no longer needed')),
    [`  no longer needed: ${everywhere.what}`, '  no longer needed: own'],
  );
  const page = renderReport(run, 'html');
  t.regex(
    page,
    /<pre class="accepted">– \+int twelve;\n<\/pre><p class="quiet">need not run: no memory, says &lt;who&gt;/,
  );
  const again = parseRun(JSON.parse(renderReport(run, 'json')), 'run.json');
  t.deepEqual(again.cells[0]?.coverage, run.cells[0]?.coverage);
});
