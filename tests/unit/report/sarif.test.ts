import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import test from 'ava';
import { z } from 'zod';
import type { Run } from '../../../harness/model/index.ts';
import { renderReport } from '../../../harness/report/index.ts';
import { largeRun } from '../../support/large-run.ts';
import { built, caseOf, cell, mixedRun, patchesOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

/** The schema that OASIS publishes. A relative address is one to it, and none to zod. */
const published = z.fromJSONSchema(
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'format' && value === 'uri-reference' ? undefined : value,
  ) as Parameters<typeof z.fromJSONSchema>[0],
);

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly justification: string }[];
}

function results(run: Run): readonly Result[] {
  const log = JSON.parse(renderReport(run, 'sarif')) as {
    runs: [{ results: Result[]; tool: { driver: { rules: { id: string }[] } } }];
  };
  published.parse(log);
  const [only] = log.runs;
  for (const one of only.results) {
    if (only.tool.driver.rules[one.ruleIndex]?.id !== one.ruleId) throw new Error(`no rule ${one.ruleId}`);
  }
  return only.results;
}

test('SARIF: what the published schema accepts, whatever a run holds', (t) => {
  t.throws(
    () => published.parse({ version: '2.1.0', runs: [{ tool: {} }] }),
    undefined,
    'the schema refuses something',
  );
  const hostile = 'a, b: 50%\r\n::error::taken\n<script> \u0000';
  const series = { name: hostile, patches: [{ name: hostile, subject: hostile, file: 'patches/a b#1%.patch' }] };
  const odd = runOf([testedCell(1, 'x86_64', { [hostile]: 'crash' }, { patch: hostile, reproduce: () => hostile })], {
    series,
    points: [1],
  });
  t.is(results(odd)[0]?.locations[0]?.physicalLocation.artifactLocation.uri, 'patches/a%20b%231%25.patch');
  t.true(results(mixedRun).length > 0);
  t.true(results(largeRun({ patches: 10, targets: ['x86_64', 's390x'], cases: 100, breaksEvery: 5 })).length > 5);
  t.deepEqual(results(runOf([testedCell(0, 'x86_64', { a: 'pass' })])), []);
});

test('SARIF: a case is an error with its code, and equal in another run', (t) => {
  const run = runOf([testedCell(0, 'x86_64', { a: 'pass' }), testedCell(1, 'x86_64', { a: 'crash' })], {
    series: { name: 'x', patches: patchesOf(1).map((patch) => ({ ...patch, file: 'patches/a.patch' })) },
  });
  const [one] = results(run);
  t.like(one, { ruleId: 'QB-CASE-CRASH', level: 'error' });
  t.regex(
    one?.message.text ?? '',
    /point 1 \(a\.patch\) on x86_64: tasks: a: a is wrong[^]*base: the base passes it[^]*reproduce: /,
  );
  t.is(one?.locations[0]?.physicalLocation.artifactLocation.uri, 'patches/a.patch');
  const later = results({ ...run, id: 'another', started: '2026-02-01T00:00:00.000Z' });
  t.deepEqual(later[0]?.partialFingerprints, one?.partialFingerprints);
});

test('SARIF: a known failure is suppressed with its reason, a fault of the machine is a note', (t) => {
  const known = caseOf('a', 'known', { known: { was: 'fail', why: 'https://example.org/7' } });
  const [suppressed] = results(runOf([testedCell(1, 'x86_64', {}, { test: testResult([known], 'known') })]));
  t.like(suppressed, { ruleId: 'QB-CASE-FAIL', suppressions: [{ justification: 'https://example.org/7' }] });
  const fault = { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } as const;
  t.like(results(runOf([cell({ point: 1, fault })]))[0], { ruleId: 'QB-HOST', level: 'note' });
});

test('SARIF: a new warning is a result of its own, known again when its line moves', (t) => {
  const warned = (line: number): Run => {
    const warning = { severity: 'warning', file: 'kernel/a.c', line, message: 'unused' } as const;
    return runOf([cell({ point: 1, build: { ...built, outcome: 'fail', newWarnings: [warning] } })]);
  };
  const [one] = results(warned(7));
  t.like(one, { level: 'warning' });
  t.regex(one?.message.text ?? '', /kernel\/a\.c:7: unused/);
  t.deepEqual(results(warned(9))[0]?.partialFingerprints, one?.partialFingerprints);
});
