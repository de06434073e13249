import test from 'ava';
import { type BuildFinding, foldWarnings, newFindings, uniqueFindings } from '../../../harness/make/index.ts';
import type { Diagnostic } from '../../../harness/model/index.ts';

function warning(file: string, line: number, message: string, object = file.replace(/c$/, 'o')): BuildFinding {
  const diagnostic: Diagnostic = { severity: 'warning', file, line, message, object };
  return { diagnostic, lines: [message] };
}

const diagnostics = (findings: readonly BuildFinding[]): Diagnostic[] => findings.map(({ diagnostic }) => diagnostic);

test('an object keeps its warnings until it is made again', (t) => {
  const a = warning('a.c', 1, 'one');
  const b = warning('b.c', 1, 'two');
  const first = foldWarnings({}, { made: new Set(['a.o', 'b.o']), findings: [a, b] });
  t.deepEqual(first, { 'a.o': [a], 'b.o': [b] });
  t.deepEqual(foldWarnings(first, { made: new Set(['a.o']), findings: [] }), { 'b.o': [b] });
  t.deepEqual(foldWarnings(first, { made: new Set(), findings: [] }), first);
  const again = warning('a.c', 5, 'three');
  t.deepEqual(foldWarnings(first, { made: new Set(['a.o']), findings: [again] }), { 'a.o': [again], 'b.o': [b] });
});

test('warnings of no object hold for one make only', (t) => {
  const diagnostic: Diagnostic = { severity: 'warning', file: 'Makefile', line: 3, message: 'overriding recipe' };
  const first = foldWarnings({}, { made: new Set(), findings: [{ diagnostic, lines: [] }] });
  t.is(Object.values(first).flat().length, 1);
  t.deepEqual(foldWarnings(first, { made: new Set(), findings: [] }), {});
});

test('a warning of a header counts once', (t) => {
  const all = [warning('x.h', 1, 'w', 'a.o'), warning('x.h', 1, 'w', 'b.o'), warning('x.h', 2, 'w', 'a.o')];
  t.is(uniqueFindings(all).length, 2);
});

test('moved warnings are not new, other texts and other files are', (t) => {
  const before = [warning('a.c', 10, "unused variable 'i'"), warning('m.c', 1, 'at 0xffff1234')];
  const now = [
    warning('a.c', 25, "unused variable 'i'"),
    warning('m.c', 1, 'at 0xffff5678'),
    warning('a.c', 11, "unused variable 'j'"),
    warning('b.c', 10, "unused variable 'i'"),
  ];
  t.deepEqual(newFindings(now, diagnostics(before)), now.slice(2));
});

test('a second one like an old one is new, and the one on the old line is not it', (t) => {
  const before = [warning('a.c', 10, "unused variable 'i'")];
  const now = [warning('a.c', 3, "unused variable 'i'"), warning('a.c', 10, "unused variable 'i'")];
  t.deepEqual(newFindings(now, diagnostics(before)), [now[0]]);
});
