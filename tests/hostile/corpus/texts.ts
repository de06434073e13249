import { foldWarnings, readBuildLog, uniqueFindings } from '../../../harness/make/index.ts';
import type { Run } from '../../../harness/model/index.ts';
import { parseProject } from '../../../harness/project/index.ts';
import { makeDoor } from '../../../harness/report/door.ts';
import { type ReportKind, renderReport, reportKinds } from '../../../harness/report/index.ts';
import { concludeRun, parseRun } from '../../../harness/results/index.ts';
import { cell, patchesOf, runOf, testedCell } from '../../support/sample-run.ts';
import { type HostileCase, said } from './case.ts';

const evil =
  'x\u001b]0;taken\u0007\u001b[2J\u202etxt\u0000\u009b31m\r\n::error::forged\n##[stop-commands]t <script>alert(1)</script> ]]> @all | `x`';

function evilRun(): Run {
  const cause = { blame: 'kernel', summary: evil, excerpt: [evil, '::set-output name=a::b'], log: evil } as const;
  const crash = testedCell(1, 'x86_64', { [evil]: 'crash' }, { patch: evil, reproduce: () => evil });
  return runOf([cell(), { ...crash, cause }], {
    series: { name: evil, patches: patchesOf(1) },
    points: [0, 1],
    notes: [evil],
  });
}

/** As a reader of the stream gets it. */
function printed(kind: ReportKind): string {
  let text = '';
  const door = makeDoor((more) => {
    text += more;
  }, false);
  (kind === 'github' ? door.commands : door.print)(renderReport(evilRun(), kind));
  return text;
}

const reports: readonly HostileCase[] = reportKinds.map((kind) => ({
  kind: 'text',
  tries: `to take over a terminal or a CI runner through a report of the kind ${kind}`,
  contained: /^harmless$/,
  run: () =>
    said(() => {
      const text = printed(kind);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(text);
      if (hidden) return `a character U+${hidden[0].charCodeAt(0).toString(16)}`;
      if (/##\w*\[/.test(text)) return 'a command of the old form';
      const commands = text.split('\n').filter((line) => /^\s*::/.test(line));
      if (commands.some((line) => kind !== 'github' || !/^::(error|warning|notice) /.test(line))) return 'a command';
      if (kind === 'html' && /<script>alert/.test(text)) return 'a script';
      return 'harmless';
    }),
}));

const header = 'version: 1\ndefaults: {series: s, tree: t, targets: [x86_64]}\n';
const projects: readonly (readonly [string, string, RegExp])[] = [
  [
    'aliases of aliases',
    `${header}${Array.from(
      { length: 10 },
      (_, at) =>
        `k${at}: &k${at} [${Array(9)
          .fill(at === 0 ? '1' : `*k${at - 1}`)
          .join(', ')}]`,
    ).join('\n')}\n`,
    /^UserError: this file was not written by hand: its aliases/,
  ],
  ['an alias within itself', `${header}a: &a [*a]\n`, /^UserError/],
  ['a merge key of nothing', '%YAML 1.1\n---\n<<: ', /^UserError: .*Merge sources/],
  ['100,000 brackets', '['.repeat(100_000), /^UserError: .*levels/],
  [
    'a tree that is a path',
    `${header}trees: {"../../x": {base: "6.1", directory: l}, t: {base: "6.1", directory: l}}\n`,
    /^UserError: the name "\.\.\/\.\.\/x" cannot be used/,
  ],
  [
    'a series that is a path',
    `${header}trees: {t: {base: "6.1", directory: l}}\nseries: {"/etc/x": {bases: {}}}\n`,
    /^UserError: the name "\/etc\/x" cannot be used/,
  ],
  [
    'a key of the language',
    `${header}trees: {t: {base: "6.1", directory: l}}\nseries: {__proto__: {bases: {}}, s: {bases: {}}}\n`,
    /^UserError|"trees"/,
  ],
  [
    'a program as an address',
    `${header}trees: {t: {base: "6.1", tarball: "javascript:alert(1)"}}\n`,
    /^UserError: .*URL/,
  ],
  [
    'options for apt',
    `${header}trees: {t: {base: "6.1", debian: "-oAcquire::http::Proxy=x"}}\n`,
    /^UserError: .*name of a Debian package/,
  ],
  [
    'options for git',
    `${header}trees: {t: {base: "6.1", git: {url: "--upload-pack=x", ref: a}}}\n`,
    /^UserError: .*git/,
  ],
  [
    'a number too large',
    `${header}trees: {t: {base: "6.1", directory: l}}\nmachines: {x86_64: {cpus: 1e99}}\n`,
    /^UserError/,
  ],
];

const damaged: readonly (readonly [string, (run: Record<string, unknown>) => unknown])[] = [
  ['nothing', () => null],
  ['an empty object', () => ({})],
  ['a list', () => []],
  ['a text', () => 'x'],
  ['a format alone', () => ({ format: 1 })],
  ['no cells', (run) => ({ ...run, cells: null })],
  ['a cell that is a number', (run) => ({ ...run, cells: [5] })],
  ['points without number', (run) => ({ ...run, points: ['x'] })],
  ['a time that is none', (run) => ({ ...run, started: 'yesterday' })],
  ['notes that are objects', (run) => ({ ...run, notes: [{}] })],
  ['another version', (run) => ({ ...run, format: 99 })],
];

function manyWarnings(): string {
  const lines = Array.from({ length: 200_000 }, (_, at) => `a.c:${at}:1: warning: number ${at} [-Wx]`);
  return `  CC      a.o\n${lines.join('\n')}\n`;
}

export const textCases: readonly HostileCase[] = [
  ...reports,
  ...projects.map(
    ([tries, text, contained]): HostileCase => ({
      kind: 'project',
      tries,
      contained,
      run: () => said(() => Object.keys(parseProject(text, '/p/quiltboot.yaml'))),
    }),
  ),
  ...damaged.map(
    ([tries, change]): HostileCase => ({
      kind: 'stored',
      tries: `a stored run with ${tries}`,
      contained: /^UserError: .*(not a stored run|another version)/,
      run: () =>
        said(() => {
          const run = JSON.parse(renderReport(evilRun(), 'json')) as Record<string, unknown>;
          concludeRun(parseRun(run, 'run.json'));
          return concludeRun(parseRun(change(run), 'run.json')).id;
        }),
    }),
  ),
  {
    kind: 'text',
    tries: 'to hold the program with 200,000 warnings',
    contained: /^\d+ kept$/,
    run: () =>
      said(() => {
        const started = performance.now();
        const reading = readBuildLog(manyWarnings(), { worktree: '/linux', directory: '/build' });
        const folded = foldWarnings(foldWarnings({}, reading), reading);
        const kept = uniqueFindings(Object.values(folded).flat()).length;
        return performance.now() - started < 20_000 ? `${kept} kept` : 'it took more than 20 s';
      }),
  },
  {
    kind: 'text',
    tries: 'to hold the program with a line of 4 MB',
    contained: /^\d+ findings$/,
    run: () =>
      said(() => {
        const text = [
          'a:'.repeat(2_000_000),
          `ld: ${'x '.repeat(500_000)}`,
          `a.c:1: ${'warning '.repeat(500_000)}`,
        ].join('\n');
        return `${readBuildLog(text, { worktree: '/l', directory: '/b' }).findings.length} findings`;
      }),
  },
];
