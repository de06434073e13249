import test from 'ava';
import { z } from 'zod';
import type { Run } from '../../../harness/model/index.ts';
import { renderReport } from '../../../harness/report/index.ts';
import { largeRun } from '../../support/large-run.ts';
import { built, caseOf, cell, mixedRun, patchesOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

const hostile = 'a, b: 50%\r\n::error::taken\n<script> | `x` [y](z) @all \u0000';

function hostileRun(): Run {
  const series = {
    name: hostile,
    patches: [{ name: hostile, subject: hostile, file: 'patches/a, b: 1%\n.patch', hash: 'a'.repeat(64) }],
  };
  const cells = [testedCell(1, 'x86_64', { [hostile]: 'crash' }, { patch: hostile, reproduce: () => hostile })];
  return runOf(cells, { series, points: [1], notes: [hostile] });
}

/** What the runner makes of a line: it takes a command apart as GitHub documents it. */
function readCommand(line: string): { kind: string; properties: Record<string, string>; text: string } | undefined {
  const match = /^::(\w+)(?: ([^:]*))?::(.*)$/.exec(line);
  if (!match) return undefined;
  const decode = (text: string): string =>
    text
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%');
  const properties = (match[2] ?? '')
    .split(',')
    .map((one) => [one.split('=')[0] ?? '', decode(one.replace(/^[^=]*=/, ''))] as const);
  return { kind: match[1] ?? '', properties: Object.fromEntries(properties), text: decode(match[3] ?? '') };
}

test('GitHub: one command a line whatever names hold, and it decodes to what was meant', (t) => {
  const lines = renderReport(hostileRun(), 'github').trimEnd().split('\n');
  t.is(lines.length, 2, lines.join('\n'));
  const command = readCommand(lines[0] ?? '');
  t.is(command?.kind, 'error');
  t.is(command?.properties['file'], 'patches/a, b: 1%\n.patch');
  t.is(command?.properties['line'], '1');
  t.regex(command?.properties['title'] ?? '', /on x86_64: CRASH in test, blame: kernel \[QB-CASE-CRASH\]$/);
  t.true(command?.text.endsWith(`reproduce: ${hostile.replace('\u0000', '\\u0000')}`), command?.text);
  t.is(readCommand(lines[1] ?? '')?.text, 'cells: 1 CRASH; cases: 1 CRASH');
});

test('GitHub: not more of a kind than it shows, and then how many are missing', (t) => {
  const run = largeRun({ patches: 40, targets: ['s390x'], cases: 20, breaksEvery: 2 });
  const kinds = renderReport(run, 'github')
    .trimEnd()
    .split('\n')
    .map((line) => readCommand(line)?.kind);
  t.is(kinds.filter((kind) => kind === 'error').length, 10);
  t.is(kinds.filter((kind) => kind === 'notice').length, 2);
});

test("GitHub: the machine's fault and a flaky case are warnings", (t) => {
  const fault = { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } as const;
  const flaky = testedCell(
    0,
    'x86_64',
    {},
    { test: testResult([caseOf('a', 'pass', { tries: { runs: 3, failed: 1 } })], 'pass') },
  );
  const lines = renderReport(runOf([flaky, cell({ point: 1, fault })]), 'github').split('\n');
  t.deepEqual(
    lines.flatMap((line) => readCommand(line)?.kind ?? []),
    ['warning', 'warning', 'notice'],
  );
});

test('Markdown: names make no structure, code blocks end where they should', (t) => {
  const text = renderReport(hostileRun(), 'markdown');
  t.false(/<script|\[y\]|^::|\r|\u0000/m.test(text.replaceAll(/^```[^]*?^```$/gm, '')), text);
  const row = text.split('\n').find((line) => line.startsWith('| 1 '));
  t.is(row?.match(/\|/g)?.length, 5, row);
  const excerpt = { blame: 'kernel', summary: 's', excerpt: ['```', '# no heading'] } as const;
  const fenced = runOf([cell({ point: 1, build: { ...built, outcome: 'fail', cause: excerpt } })]);
  t.true(renderReport(fenced, 'markdown').includes('\n````\n```\n# no heading\n````\n'));
});

test('Markdown stays below what GitHub takes', (t) => {
  const text = renderReport(
    largeRun({ patches: 1500, targets: ['x86_64', 's390x'], cases: 20, breaksEvery: 2 }),
    'markdown',
  );
  t.true(Buffer.byteLength(text) < 1024 * 1024);
  t.true(/\d+ more failures are in report\.html/.test(text), text.slice(-200));
});

const issueSchema = z.array(
  z.strictObject({
    content: z.strictObject({ body: z.string().min(1) }).optional(),
    description: z.string().min(1),
    check_name: z.string().min(1),
    fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
    severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
    location: z.strictObject({ path: z.string().min(1), lines: z.strictObject({ begin: z.int().min(1) }) }),
  }),
);

test('GitLab: every field that its widget reads, fingerprints unique and steady', (t) => {
  const read = (run: Run): z.infer<typeof issueSchema> => issueSchema.parse(JSON.parse(renderReport(run, 'gitlab')));
  const large = read(largeRun({ patches: 10, targets: ['x86_64', 's390x'], cases: 200, breaksEvery: 5 }));
  t.true(large.length > 10);
  t.is(new Set(large.map(({ fingerprint }) => fingerprint)).size, large.length);
  const warning = { severity: 'warning', file: 'kernel/a.c', line: 7, message: 'unused', option: '-Wunused' } as const;
  const warned = (line: number): Run => {
    const build = { ...built, outcome: 'fail', newWarnings: [{ ...warning, line }] } as const;
    return runOf([cell({ point: 1, patch: 'one.patch', build })], {
      series: { name: 'x', patches: [{ name: 'one.patch', subject: 'one', file: 'patches/one.patch' }] },
    });
  };
  const [issue] = read(warned(7));
  t.like(issue, {
    check_name: 'quiltboot/-Wunused',
    severity: 'major',
    location: { path: 'patches/one.patch', lines: { begin: 1 } },
  });
  t.regex(issue?.description ?? '', /kernel\/a\.c:7: unused/);
  t.is(read(warned(9))[0]?.fingerprint, issue?.fingerprint, 'a warning that moved is the same');
  t.deepEqual(read(runOf([testedCell(0, 'x86_64', { a: 'pass' })])), []);
});

// What version 5.3 of KCIDB's schema demands of the objects that are in a report.
const text = z.string().regex(/^[^\0]*$/);
const id = z.string().regex(/^[a-z0-9_]+:[^\0]*$/);
const origin = z.string().regex(/^[a-z0-9_]+$/);
const status = z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']);
const excerpt = text.max(16_384).optional();
const misc = z.record(z.string(), z.unknown()).optional();
const time = z.iso.datetime().optional();
const kcidbSchema = z.strictObject({
  version: z.strictObject({ major: z.literal(5), minor: z.int().min(0).max(3) }),
  checkouts: z.array(
    z.strictObject({
      id,
      origin,
      tree_name: text.optional(),
      git_commit_name: text.optional(),
      patchset_hash: z
        .string()
        .regex(/^$|^[0-9a-f]{64}$/)
        .optional(),
      comment: text.optional(),
      start_time: time,
      log_excerpt: excerpt,
      valid: z.boolean().optional(),
      misc,
    }),
  ),
  builds: z.array(
    z.strictObject({
      checkout_id: id,
      id,
      origin,
      comment: text.optional(),
      start_time: time,
      duration: z.number().optional(),
      architecture: z
        .string()
        .regex(/^[a-z0-9_]*$/)
        .optional(),
      compiler: text.optional(),
      log_excerpt: excerpt,
      status: status.optional(),
      misc,
    }),
  ),
  tests: z.array(
    z.strictObject({
      build_id: id,
      id,
      origin,
      path: z
        .string()
        .regex(/^([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?$/)
        .optional(),
      comment: text.optional(),
      log_excerpt: excerpt,
      status: status.optional(),
      duration: z.number().optional(),
      misc,
    }),
  ),
  issues: z
    .array(
      z.strictObject({
        id,
        version: z.int(),
        origin,
        report_url: z.url().optional(),
        comment: text.optional(),
      }),
    )
    .optional(),
  incidents: z
    .array(
      z.strictObject({
        id,
        origin,
        issue_id: id,
        issue_version: z.int(),
        present: z.boolean(),
        build_id: id.optional(),
        test_id: id.optional(),
      }),
    )
    .optional(),
});

test('KCIDB: what its schema accepts, with every reference answered', (t) => {
  const long = {
    blame: 'kernel',
    summary: 's',
    excerpt: Array.from({ length: 3000 }, () => 'a long line \0'),
  } as const;
  const failedBuild = runOf([cell({ point: 1, build: { ...built, outcome: 'fail', cause: long } })]);
  const noApply = runOf([
    cell({
      point: 1,
      build: undefined as never,
      apply: { stage: 'apply', point: 1, outcome: 'fail', ms: 1, reused: false, cause: long },
    }),
  ]);
  const large = largeRun({ patches: 10, targets: ['x86_64', 'i386', 's390x'], cases: 200, breaksEvery: 5 });
  for (const run of [mixedRun, hostileRun(), failedBuild, noApply, large]) {
    const { checkouts, builds, tests } = kcidbSchema.parse(JSON.parse(renderReport(run, 'kcidb')));
    const known = new Set([...checkouts, ...builds, ...tests].map((one) => one.id));
    t.is(known.size, checkouts.length + builds.length + tests.length, 'ids are unique');
    for (const one of builds) t.true(checkouts.some((checkout) => checkout.id === one.checkout_id));
    for (const one of tests) t.true(known.has(one.build_id));
  }
});

test('KCIDB: a known failure fails, and is an incident of an issue', (t) => {
  const why = 'https://example.org/1';
  const known = caseOf('a', 'known', { known: { was: 'crash', why } });
  const run = runOf([testedCell(0, 'x86_64', {}, { test: testResult([caseOf('b', 'pass'), known], 'known') })]);
  const { tests, issues = [], incidents = [] } = kcidbSchema.parse(JSON.parse(renderReport(run, 'kcidb')));
  t.is(tests[1]?.status, 'FAIL');
  t.deepEqual(
    incidents.map(({ issue_id: issue, test_id: test }) => [issue, test]),
    [[issues[0]?.id ?? '', tests[1]?.id]],
  );
  t.is(issues[0]?.report_url, why);
});

test("KCIDB: a fault of the machine is a miss, a suite's own an error, and the patches' hash is as it is defined", (t) => {
  const fault = { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } as const;
  const own = caseOf('own', 'fail', { cause: { blame: 'suite', summary: 'TypeError', excerpt: [] } });
  const cells = [
    testedCell(0, 'x86_64', {}, { test: testResult([own, caseOf('later', 'skip')], 'fail') }),
    cell({ point: 1, fault, boot: { stage: 'boot', outcome: 'timeout', log: '', splats: [], ms: 1, reused: false } }),
  ];
  const patches = patchesOf(2).map((patch, index) => ({ ...patch, hash: String(index).repeat(64) }));
  const run = runOf(cells, { series: { name: 'x', patches }, points: [0, 1, 2] });
  const { checkouts, tests } = kcidbSchema.parse(JSON.parse(renderReport(run, 'kcidb')));
  t.deepEqual(
    tests.map((one) => [one.path, one.status]),
    [
      ['quiltboot.tasks.own', 'ERROR'],
      ['quiltboot.tasks.later', 'SKIP'],
      ['boot', 'MISS'],
    ],
  );
  // printf '%064d\n' 0 | sha256sum, and the same with a second line of ones.
  t.deepEqual(
    checkouts.map(({ patchset_hash: hash }) => hash?.slice(0, 8)),
    ['', '827d096d', '0eda7bc7'],
  );
});
