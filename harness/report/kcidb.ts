import { createHash } from 'node:crypto';
import {
  type CaseResult,
  type Cause,
  type Cell,
  columnParts,
  coverageSuite,
  defined,
  faultWords,
  groupBy,
  isGood,
  type KnownFailure,
  type Run,
  unmeasuredReason,
  unsweptReason,
} from '../model/index.ts';
import { sandboxLine } from './words.ts';

/** The name under which results are submitted: KCIDB wants `[a-z0-9_]+`. */
const origin = 'quiltboot';
/** What the schema allows of a log in a report, in characters. */
const longestExcerpt = 16_384;

type Status = 'FAIL' | 'ERROR' | 'MISS' | 'PASS' | 'SKIP';

function plain(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

function statusOf(outcome: Cell['outcome'], blame: string | null | undefined): Status {
  if (outcome === 'pass') return 'PASS';
  if (isGood(outcome)) return 'SKIP';
  if (outcome === 'not-run' || blame === 'host') return 'MISS';
  return blame === 'suite' || blame === 'user' ? 'ERROR' : 'FAIL';
}

function excerptOf(cause: Cause | null | undefined): { log_excerpt?: string } {
  if (!cause) return {};
  return { log_excerpt: plain([cause.summary, ...cause.excerpt].join('\n')).slice(0, longestExcerpt) };
}

/** Words of tests' paths: the schema has room for letters, digits, `_` and `-`. Cases come again in every cell. */
function pathWords(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let word = known.get(text);
    if (word === undefined) {
      word = text.replaceAll(/[^a-zA-Z0-9_-]+/g, '_').replaceAll(/^_+|_+$/g, '');
      word = word.slice(0, 120) || 'unnamed';
      known.set(text, word);
    }
    return word;
  };
}

/** sha256 over the patches' own sums, each with a line end; empty for no patch. Undefined where a sum is not known. */
function patchsetHash(run: Run, point: number): string | undefined {
  const hashes = run.series.patches.slice(0, point).map(({ hash }) => hash);
  if (hashes.some((hash) => hash === undefined)) return undefined;
  if (hashes.length === 0) return '';
  return createHash('sha256')
    .update(hashes.map((hash) => `${hash ?? ''}\n`).join(''))
    .digest('hex');
}

/** Name of a declared failure among those of this program; a description that changes is another one. */
function issueId({ why }: KnownFailure): string {
  return `${origin}:known-${createHash('sha256').update(why).digest('hex').slice(0, 16)}`;
}

/** Declared failures as KCIDB has them: an issue for each, an incident for each place where it showed. */
function knownObjects(
  cells: readonly Cell[],
  cellId: (cell: Cell) => string,
): { readonly issues?: readonly object[]; readonly incidents?: readonly object[] } {
  const shown = cells.flatMap((cell) => [
    ...(cell.known ? [{ known: cell.known, where: { build_id: cellId(cell) } }] : []),
    ...cell.cases.flatMap(({ known }, index) =>
      known ? [{ known, where: { test_id: `${cellId(cell)}:case:${index}` } }] : [],
    ),
  ]);
  if (shown.length === 0) return {};
  const issues = [...groupBy(shown, ({ known }) => issueId(known))].map(([id, [first]]) => {
    const why = plain(first?.known.why ?? '');
    return { id, version: 1, origin, ...(/^https?:/.test(why) ? { report_url: why } : { comment: why }) };
  });
  const incidents = shown.map(({ known, where }) => {
    const id = issueId(known);
    const unique = createHash('sha256')
      .update(JSON.stringify([id, where]))
      .digest('hex')
      .slice(0, 16);
    return { id: `${origin}:${unique}`, origin, issue_id: id, issue_version: 1, present: true, ...where };
  });
  return { issues, incidents };
}

function cellTests(cell: Cell, id: string, pathWord: (text: string) => string): object[] {
  const common = (name: string): object => ({ build_id: id, id: `${id}:${name}`, origin });
  const { boot } = cell.stages;
  const ofCase = (one: CaseResult, index: number): object => ({
    ...common(`case:${index}`),
    path: ['quiltboot', pathWord(one.suite), pathWord(one.name)].join('.'),
    comment: plain(`${one.suite}: ${one.name}`),
    status: statusOf(one.known?.was ?? one.outcome, one.cause?.blame),
    duration: one.ms / 1000,
    ...excerptOf(one.cause),
    misc: {
      outcome: one.outcome,
      ...defined({ reason: one.reason, tries: one.tries, known: one.known }),
      ...defined({ faults: one.faults && faultWords(one.faults) }),
      ...defined({ reproduce: one.reproduce }),
    },
  });
  const why = unmeasuredReason(cell);
  const unswept = unsweptReason(cell);
  return [
    ...(boot
      ? [
          {
            ...common('boot'),
            path: 'boot',
            status: statusOf(boot.outcome, cell.stage === 'boot' ? cell.blame : null),
            duration: boot.ms / 1000,
            ...(cell.stage === 'boot' ? excerptOf(cell.cause) : {}),
          },
        ]
      : []),
    ...(cell.compiled === undefined
      ? []
      : [
          {
            ...common('compiled'),
            path: 'quiltboot.compiled',
            status: cell.compiled.covered ? 'PASS' : 'SKIP',
            ...(cell.outcome === 'not-covered' && why === undefined && unswept === undefined
              ? excerptOf(cell.cause)
              : {}),
          },
        ]),
    ...(why === undefined
      ? []
      : [{ ...common(coverageSuite), path: `quiltboot.${coverageSuite}`, status: 'SKIP', comment: plain(why) }]),
    ...(unswept === undefined
      ? []
      : [{ ...common('faults'), path: 'quiltboot.faults', status: 'SKIP', comment: plain(unswept) }]),
    ...(cell.stages.test && cell.cases.length === 0
      ? [{ ...common('suites'), path: 'quiltboot.suites', status: 'SKIP', comment: 'the suites have no case' }]
      : []),
    ...cell.cases.map(ofCase),
  ];
}

function compilerOf({ machines, host }: Run, column: string): { compiler?: string } {
  const { compiler: command } = machines?.[column] ?? {};
  const known = command === undefined ? undefined : host.versions[command];
  if (known !== undefined) return { compiler: plain(known) };
  // Runs of before there were several compilers do not name theirs.
  const versions = Object.entries(host.versions);
  const own = versions.find(([name]) => name.startsWith(`${column}-`) && name.endsWith('gcc'));
  const compiler = own ?? versions.find(([name]) => name === 'gcc');
  return compiler ? { compiler: plain(compiler[1]) } : {};
}

/**
 * The run as KCIDB reads it, version 5.3 of its schema: a checkout for each point, a build for each point and target, a
 * test for each boot and each case. Logs have no address that others can reach, so only excerpts are in it.
 */
export function renderKcidb(run: Run): string {
  const unique = createHash('sha256')
    .update(JSON.stringify([run.id, run.started, run.command, run.tree.key, run.host.machine]))
    .digest('hex')
    .slice(0, 16);
  const checkoutId = (point: number): string => `${origin}:${unique}:${point}`;
  const cellId = (cell: Cell): string => `${checkoutId(cell.point)}:${cell.target}`;
  const applied = groupBy(
    run.cells.filter((cell) => cell.stages.apply),
    (cell) => cell.point,
  );
  const checkouts = run.points.map((point) => {
    const patch = run.series.patches[point - 1];
    const apply = applied.get(point)?.[0];
    const outcome = apply?.stages.apply?.outcome;
    const hash = patchsetHash(run, point);
    return {
      id: checkoutId(point),
      origin,
      tree_name: plain(run.tree.name),
      git_commit_name: plain(`v${run.tree.kernelVersion}`),
      ...defined({ patchset_hash: hash }),
      comment: plain(
        patch ? `${run.series.name} ${point}/${run.series.patches.length}: ${patch.subject}` : run.tree.resolved,
      ),
      start_time: run.started,
      ...(outcome === undefined || outcome === 'not-run' ? {} : { valid: outcome === 'pass' }),
      ...(apply?.stage === 'apply' ? excerptOf(apply.cause) : {}),
      misc: { series: run.series.name, resolved: run.tree.resolved, ...(patch ? { patch: patch.name } : {}) },
    };
  });
  // A cell that was never begun, or whose configuration is refused, is a build that is missing or failed, not one less.
  const endsHere = (cell: Cell): boolean =>
    cell.stage === 'build' || (cell.stage === 'configure' && !isGood(cell.outcome));
  const built = run.cells.filter(
    (cell) => cell.stages.build !== undefined || endsHere(cell) || cell.outcome === 'not-run',
  );
  const builds = built.map((cell) => ({
    checkout_id: checkoutId(cell.point),
    id: cellId(cell),
    origin,
    architecture: columnParts(cell.target).target,
    start_time: run.started,
    duration: (cell.stages.build?.ms ?? 0) / 1000,
    ...compilerOf(run, cell.target),
    status: statusOf(cell.stages.build?.outcome ?? cell.outcome, endsHere(cell) ? cell.blame : null),
    ...(endsHere(cell) || cell.outcome === 'not-run' ? excerptOf(cell.cause) : {}),
    misc: {
      warnings: cell.warnings,
      ...(cell.size ? { size: cell.size } : {}),
      ...defined({ symbols: cell.changes?.symbols }),
      ...defined({ sandbox: sandboxLine(run) }),
    },
  }));
  const pathWord = pathWords();
  // Cell by cell: objects for all tests at once keep the garbage collector busy.
  const tests = built.map((cell) =>
    cellTests(cell, cellId(cell), pathWord)
      .map((one) => JSON.stringify(one))
      .join(','),
  );
  const front = JSON.stringify({ version: { major: 5, minor: 3 }, checkouts, builds, ...knownObjects(built, cellId) });
  return `${front.slice(0, -1)},"tests":[${tests.filter(Boolean).join(',')}]}\n`;
}
