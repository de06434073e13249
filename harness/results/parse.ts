import * as z from 'zod';
import { faultEnds, sandboxNames, stageNames, UserError } from '../model/index.ts';
import type { RunParts } from './run.ts';

/** The shape of a stored run, which may come from elsewhere: another version, another machine, a damaged disk. */

const text = z.string();
const texts = z.array(text);
const outcome = z.enum(['pass', 'known', 'fail', 'skip', 'not-covered', 'crash', 'timeout', 'not-run']);
const blame = z.enum(['user', 'host', 'kernel', 'suite']);
const stage = z.enum(stageNames);
const point = z.int().min(0).max(1_000_000);
const sizes = z.looseObject({
  text: z.number(),
  data: z.number(),
  bss: z.number(),
  by: z.literal('symbols').optional(),
});
const symbolCount = z.looseObject({ symbols: z.number(), bytes: z.number() });
const symbolChanges = z.looseObject({
  added: symbolCount,
  removed: symbolCount,
  grown: symbolCount,
  shrunk: symbolCount,
  largest: z.array(z.looseObject({ name: z.string(), before: z.number().nullable(), now: z.number().nullable() })),
});

const diagnostic = z.looseObject({
  severity: z.enum(['warning', 'error']),
  message: text,
  file: text.optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  option: text.optional(),
  object: text.optional(),
});

const cause = z.looseObject({
  blame,
  summary: text,
  excerpt: texts,
  log: text.optional(),
  advice: texts.optional(),
  missingIncludes: z.array(z.looseObject({ file: text, line: z.number(), include: text, symbol: text })).optional(),
});

const frame = z.looseObject({
  function: text,
  offset: z.number(),
  size: z.number(),
  place: text.optional(),
  inlined: z.array(z.looseObject({ function: text, place: text })).optional(),
});

const splat = z.looseObject({
  family: text,
  title: text,
  excerpt: texts,
  severity: z.enum(['fatal', 'error', 'coverage']),
  trace: z.array(frame).optional(),
});

const known = z.looseObject({ was: outcome, why: text, until: text.optional() });
const tries = z.looseObject({ runs: z.number(), failed: z.number() });

const faults = z.looseObject({
  counts: z.record(z.enum(faultEnds), z.int().min(0)),
  findings: z.array(
    z.looseObject({
      nth: z.int(),
      end: z.enum(faultEnds),
      what: text,
      place: text.optional(),
      asked: text.optional(),
    }),
  ),
  bound: z.number().optional(),
  unswept: text.optional(),
  leaksUnknown: z.literal(true).optional(),
  began: z.number(),
  ms: z.number(),
});

const oneCase = z.looseObject({
  suite: text,
  name: text,
  outcome,
  ms: z.number(),
  reason: text.optional(),
  tries: tries.optional(),
  known: known.optional(),
  cause: cause.optional(),
  faults: faults.optional(),
  splats: z.array(splat).optional(),
  output: texts.optional(),
  reproduce: text.optional(),
});

const lines = z.array(
  z.looseObject({ from: z.number(), to: z.number(), by: z.array(z.int().min(0)), accepted: text.optional() }),
);
const coverage = z.looseObject({
  unmeasured: text.optional(),
  by: texts,
  unread: texts,
  needless: z.array(z.looseObject({ what: text, own: z.literal(true).optional() })).optional(),
  patches: z.array(
    z.looseObject({
      point: z.number(),
      files: z.array(z.looseObject({ path: text, lines, added: z.number(), unknown: text.optional() })),
    }),
  ),
});
const coveredDiff = z.looseObject({
  point: z.number(),
  files: z.array(
    z.looseObject({
      path: text,
      then: text.optional(),
      hunks: z.array(z.looseObject({ from: z.number(), text: texts, now: z.array(z.number()) })),
    }),
  ),
});

const optionChange = z.looseObject({ symbol: text, from: text.nullable(), to: text.nullable() });
const ref = { point, target: text };

const cell = z.looseObject({
  ...ref,
  patch: text.nullable(),
  stage,
  outcome,
  known: known.optional(),
  blame: blame.nullable(),
  code: text.nullish(),
  buildOnly: z.literal(true).optional(),
  baseBuild: z.enum(['pass', 'fail']).optional(),
  ms: z.number(),
  reused: z.boolean(),
  taken: text.optional(),
  cause: cause.nullable(),
  reproduce: text.nullable(),
  warnings: z.number(),
  imageHash: text.nullable(),
  configHash: text.nullable(),
  size: sizes.nullable(),
  compiled: z
    .looseObject({
      files: z.array(
        z.looseObject({
          path: text,
          kind: z.enum(['code', 'kbuild', 'text']),
          used: z.boolean(),
          reason: text.optional(),
          foreign: z.literal(true).optional(),
        }),
      ),
      covered: z.boolean(),
      allowed: z.boolean(),
    })
    .optional(),
  coverage: coverage.optional(),
  stages: z.partialRecord(stage, z.looseObject({ outcome, ms: z.number(), reused: z.boolean() })),
  cases: z.array(oneCase),
  logs: z.record(text, text),
  diagnostics: z
    .looseObject({
      warnings: z.array(diagnostic),
      fresh: z.array(diagnostic).optional(),
      errors: z.array(diagnostic),
    })
    .optional(),
  changes: z
    .looseObject({
      since: point,
      size: sizes.optional(),
      symbols: symbolChanges.optional(),
      config: z.array(optionChange),
    })
    .optional(),
});

const subject = { target: text, stage, suite: text.optional(), name: text.optional() };

const comparison = z.looseObject({
  against: z.looseObject({ id: text, started: text, series: text, tree: text, kernelVersion: text }),
  revision: z
    .looseObject({
      equal: z.array(z.looseObject({ now: z.number(), before: z.number() })),
      changed: z.array(z.looseObject({ now: z.number(), before: z.number() })),
      added: z.array(z.number()),
      dropped: texts,
    })
    .optional(),
  compared: z.number(),
  unmatched: z.array(z.looseObject(ref)),
  changes: z.array(
    z.looseObject({
      ...subject,
      kind: z.enum(['new', 'fixed', 'still', 'flaky', 'gone']),
      points: z.array(point),
      before: outcome.nullable(),
      now: outcome.nullable(),
      tries: tries.optional(),
    }),
  ),
  warnings: z.array(z.looseObject({ ...ref, fresh: z.array(diagnostic), gone: z.array(diagnostic) })),
  sizes: z.array(z.looseObject({ ...ref, text: z.number(), data: z.number(), bss: z.number() })),
  config: z.array(z.looseObject({ ...ref, changes: z.array(optionChange) })),
});

const runShape = z.looseObject({
  format: z.literal(1),
  id: text,
  started: z.iso.datetime({ offset: true }),
  ms: z.number(),
  command: text,
  series: z.looseObject({
    name: text,
    patches: z.array(
      z.looseObject({
        name: text,
        subject: text,
        hash: text.optional(),
        content: text.optional(),
        file: text.optional(),
        messageId: text.optional(),
        author: z.looseObject({ name: text, email: text }).optional(),
      }),
    ),
  }),
  tree: z.looseObject({ name: text, key: text, kernelVersion: text, resolved: text }),
  targets: texts,
  machines: z
    .record(
      text,
      z.looseObject({
        endian: z.enum(['little', 'big']),
        bits: z.literal([32, 64]),
        target: text.optional(),
        toolchain: text.optional(),
        compiler: text.optional(),
      }),
    )
    .optional(),
  points: z.array(point),
  shard: z
    .union([
      z.looseObject({ index: z.number(), count: z.number() }),
      z.looseObject({ target: z.string(), from: z.number(), to: z.number() }),
    ])
    .optional(),
  host: z.looseObject({ machine: text, cpus: z.number(), versions: z.record(text, text) }),
  sandbox: z.looseObject({ builds: z.enum([...sandboxNames, 'none']), reason: text.optional() }).optional(),
  cells: z.array(cell),
  coverage: z
    .looseObject({ point: z.number(), failUnder: z.number().optional(), patches: z.array(coveredDiff) })
    .optional(),
  comparison: comparison.optional(),
  known: z
    .array(
      z.looseObject({
        case: text.optional(),
        title: text.optional(),
        target: text.optional(),
        until: text.optional(),
        why: text,
      }),
    )
    .optional(),
  notes: texts,
});

/** What is drawn from the cells again, whatever the file says. */
const drawn: ReadonlySet<string> = new Set(['verdict', 'counts', 'findings', 'differences']);

/** Reads a stored run. @throws UserError that names the file and the first place that is not as it should be */
export function parseRun(value: unknown, file: string): RunParts {
  const parsed = runShape.safeParse(value);
  // What follows from the cells is drawn from them again, so it is not read. The order of the keys stays the file's.
  if (parsed.success) {
    const parts = Object.entries(value as object).filter(([key]) => !drawn.has(key));
    return Object.fromEntries(parts) as unknown as RunParts;
  }
  const [issue] = parsed.error.issues;
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== 1)
    throw new UserError(`${file}: written by another version of quiltboot`, {
      code: 'QB-STORED',
      hint: 'make the run again',
    });
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  throw new UserError(`${file} is not a stored run: ${issue?.message ?? 'another shape'}${place}`, {
    code: 'QB-STORED',
    location: { file },
    hint: 'name the directory of a run, or its run.json; make the run again where it is damaged',
  });
}
