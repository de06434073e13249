import { z } from 'zod';
import { stageNames, UserError } from '../model/index.ts';
import type { RunParts } from './run.ts';

/**
 * The forms of what `run.json` holds. They are loose: what a newer version adds stays. What a run draws from its cells
 * (verdict, counts, findings, differences) is made anew when it is read, so it is not looked at.
 */
const text = z.string();
const texts = z.array(text);
const count = z.int();
const outcome = z.enum(['pass', 'fail', 'skip', 'crash', 'timeout', 'not-run']);
const blame = z.enum(['user', 'host', 'kernel', 'suite']);
const stage = z.enum(stageNames);

const cause = z.looseObject({
  blame,
  summary: text,
  excerpt: texts,
  log: text.exactOptional(),
  advice: texts.exactOptional(),
  missingIncludes: z.array(z.looseObject({ file: text, line: count, include: text, symbol: text })).exactOptional(),
});

const frame = z.looseObject({ function: text, offset: count, size: count, place: text.exactOptional() });

const splat = z.looseObject({
  family: text,
  title: text,
  excerpt: texts,
  severity: z.enum(['fatal', 'error', 'coverage']),
  trace: z.array(frame).exactOptional(),
});

const tries = z.looseObject({ runs: count, failed: count });

const caseResult = z.looseObject({
  suite: text,
  name: text,
  outcome,
  ms: z.number(),
  reason: text.exactOptional(),
  tries: tries.exactOptional(),
  cause: cause.exactOptional(),
  splats: z.array(splat).exactOptional(),
});

const diagnostic = z.looseObject({
  severity: z.enum(['warning', 'error']),
  file: text.exactOptional(),
  line: count.exactOptional(),
  column: count.exactOptional(),
  message: text,
  option: text.exactOptional(),
  object: text.exactOptional(),
});
const diagnostics = z.array(diagnostic);

const sizes = z.looseObject({ text: count, data: count, bss: count });
const optionChange = z.looseObject({ symbol: text, from: text.nullable(), to: text.nullable() });
const ref = { point: count, target: text };

const cell = z.looseObject({
  ...ref,
  patch: text.nullable(),
  stage,
  outcome,
  blame: blame.nullable(),
  ms: z.number(),
  reused: z.boolean(),
  cause: cause.nullable(),
  reproduce: text.nullable(),
  warnings: count,
  imageHash: text.nullable(),
  configHash: text.nullable(),
  size: sizes.nullable(),
  stages: z.partialRecord(stage, z.looseObject({ outcome, ms: z.number(), reused: z.boolean() })),
  cases: z.array(caseResult),
  logs: z.record(text, text),
  diagnostics: z
    .looseObject({ warnings: diagnostics, fresh: diagnostics.exactOptional(), errors: diagnostics })
    .exactOptional(),
  changes: z.looseObject({ since: count, size: sizes.exactOptional(), config: z.array(optionChange) }).exactOptional(),
});

const change = z.looseObject({
  target: text,
  stage,
  suite: text.exactOptional(),
  name: text.exactOptional(),
  kind: z.enum(['new', 'fixed', 'still', 'flaky', 'gone']),
  points: z.array(count),
  before: outcome.nullable(),
  now: outcome.nullable(),
  tries: tries.exactOptional(),
});

const comparison = z.looseObject({
  against: z.looseObject({ id: text, started: text, series: text, tree: text, kernelVersion: text }),
  compared: count,
  unmatched: z.array(z.looseObject(ref)),
  changes: z.array(change),
  warnings: z.array(z.looseObject({ ...ref, fresh: diagnostics, gone: diagnostics })),
  sizes: z.array(z.looseObject({ ...ref, text: count, data: count, bss: count })),
  config: z.array(z.looseObject({ ...ref, changes: z.array(optionChange) })),
});

const patch = z.looseObject({
  name: text,
  subject: text,
  hash: text.exactOptional(),
  content: text.exactOptional(),
  file: text.exactOptional(),
});

/** Tells when the types and these forms differ. */
const run: z.ZodType<RunParts> = z.looseObject({
  format: z.literal(1),
  id: text,
  started: text,
  ms: z.number(),
  command: text,
  series: z.looseObject({ name: text, patches: z.array(patch) }),
  tree: z.looseObject({ name: text, key: text, kernelVersion: text, resolved: text }),
  targets: texts,
  machines: z
    .record(text, z.looseObject({ endian: z.enum(['little', 'big']), bits: z.literal([32, 64]) }))
    .exactOptional(),
  points: z.array(count),
  shard: z.looseObject({ index: count, count }).exactOptional(),
  host: z.looseObject({ machine: text, cpus: count, versions: z.record(text, text) }),
  cells: z.array(cell),
  comparison: comparison.exactOptional(),
  notes: texts,
});

/** Reads the text of a `run.json`. Throws UserError when it is no run, or one of another version. */
export function parseRun(json: string, file: string): RunParts {
  const value = parseJson(json, file);
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== 1) {
    throw refusal(`${file}: written by another version of quiltboot`);
  }
  const parsed = run.safeParse(value);
  if (parsed.success) {
    const drawn = new Set(['verdict', 'counts', 'findings', 'differences']);
    return Object.fromEntries(Object.entries(parsed.data).filter(([key]) => !drawn.has(key))) as unknown as RunParts;
  }
  const [first] = parsed.error.issues;
  throw refusal(`${file} is not a stored run: ${first?.path.join('.') || 'the file'}: ${first?.message ?? ''}`);
}

function parseJson(json: string, file: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw refusal(`${file} is not a stored run: ${(cause as Error).message}`, cause);
  }
}

function refusal(message: string, cause?: unknown): UserError {
  return new UserError(message, { code: 'QB-STORED', hint: 'make the run again, or name another', cause });
}
