import type { CaseResult, Cell, Run } from '../../harness/model/index.ts';
import type { LogText } from '../../harness/report/index.ts';
import { concludeRun } from '../../harness/results/index.ts';

export interface LargeRun {
  readonly patches: number;
  readonly targets: readonly string[];
  /** In each cell. */
  readonly cases: number;
  /** How many patches are there between one that breaks a case and the next. */
  readonly breaksEvery: number;
}

const big = new Set(['s390x']);

function caseOf(number: number, point: number, target: string, options: LargeRun): CaseResult {
  const suite = `suite${number % 8}`;
  const name = `case ${number}: a task that was moved into a container is found in its tasks file again`;
  const needed = Math.floor((number * options.patches) / options.cases);
  if (needed > point)
    return { suite, name, outcome: 'skip', ms: 0, reason: `feature f${needed} comes with patch ${needed}` };
  // A case breaks with a patch and is fixed by the next but one; some on big-endian machines alone.
  const broken = options.breaksEvery > 0 && (point + number) % options.breaksEvery === 0 && number % 20 === 0;
  if (!broken || (number % 40 === 0 && !big.has(target))) return { suite, name, outcome: 'pass', ms: 30 };
  return {
    suite,
    name,
    outcome: 'crash',
    ms: 40,
    cause: {
      blame: 'kernel',
      summary: 'BUG: unable to handle page fault in container_attach',
      excerpt: Array.from(
        { length: 20 },
        (_, line) => `[    1.${line}] container_attach+0x${line}/0x70 <ffffffff8025b0${line}>`,
      ),
      log: `cells/${point}-${target}/test/${suite}/case-${number}.log`,
    },
  };
}

function cellOf(point: number, target: string, options: LargeRun): Cell {
  const cases = Array.from({ length: options.cases }, (_, number) => caseOf(number, point, target, options));
  const bad = cases.filter(({ outcome }) => outcome === 'crash');
  const [first] = bad;
  const stage = { outcome: 'pass', ms: 1000, reused: false } as const;
  return {
    point,
    patch: point === 0 ? null : `${String(point).padStart(4, '0')}-container-part.patch`,
    target,
    stage: 'test',
    outcome: first ? 'crash' : 'pass',
    blame: first ? 'kernel' : null,
    ms: 20_000,
    reused: false,
    cause: first?.cause ? { ...first.cause, summary: `${first.suite}: ${first.name}: ${first.cause.summary}` } : null,
    reproduce: first ? `quiltboot run big --target ${target} --points ${point} --fresh` : null,
    warnings: 0,
    imageHash: `image-${point}-${target}`,
    configHash: `config-${target}`,
    size: { text: 4_000_000 + point * 512, data: 600_000, bss: 90_000 },
    stages: {
      apply: stage,
      configure: stage,
      build: stage,
      boot: stage,
      test: { ...stage, outcome: first ? 'crash' : 'pass' },
    },
    cases,
    logs: {
      'build.log': `cells/${point}-${target}/build.log`,
      'boot.log': `cells/${point}-${target}/boot.log`,
      test: `cells/${point}-${target}/test`,
    },
    diagnostics: { warnings: [], errors: [], ...(point === 0 ? {} : { fresh: [] }) },
    ...(point === 0 ? {} : { changes: { since: point - 1, size: { text: 512, data: 0, bss: 0 }, config: [] } }),
  };
}

/** A run of any size, the same for the same numbers. */
export function largeRun(options: LargeRun): Run {
  const { patches, targets } = options;
  const points = Array.from({ length: patches + 1 }, (_, point) => point);
  return concludeRun({
    format: 1,
    id: '20260101-000000-big',
    started: '2026-01-01T00:00:00.000Z',
    ms: 600_000,
    command: 'quiltboot run big --keep-going',
    series: {
      name: 'big',
      patches: points.slice(1).map((point) => ({
        name: `${String(point).padStart(4, '0')}-container-part.patch`,
        subject: `containers: part ${point} of many`,
      })),
    },
    tree: { name: 'linux', key: 'k', kernelVersion: '6.1.1', resolved: 'linux-source 6.1.1-1' },
    targets,
    machines: Object.fromEntries(
      targets.map((target) => [
        target,
        { endian: big.has(target) ? 'big' : 'little', bits: target === 'i386' ? 32 : 64 },
      ]),
    ),
    points,
    host: { machine: 'm', cpus: 2, versions: {} },
    cells: points.flatMap((point) => targets.map((target) => cellOf(point, target, options))),
    notes: [],
  });
}

/** A console log of about the length that a small kernel's boot has, different for each name. */
export function consoleLog(name: string, lines = 250): LogText {
  let state = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
  const next = (): number => (state = (state * 1_664_525 + 1_013_904_223) >>> 0);
  const line = (at: number): string =>
    `[    ${(at / 250).toFixed(6)}] ${name} subsystem ${next().toString(36)} registered at 0x${next().toString(16)}, ${next() % 512} pages`;
  return { text: Array.from({ length: lines }, (_, at) => line(at)).join('\n'), skipped: 0 };
}
