import { z } from 'zod';

/** How often a chain that a machine failed is tried on another one. */
export const mostRetries = 3;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const machine = z.string().regex(/^[0-9a-f]{16}$/);
/** For people, never for a shell. */
const words = z.string().max(400);

const jobShape = z
  .strictObject({
    format: z.literal(1),
    target: z.string().regex(/^[a-z0-9_]{1,32}$/),
    from: z.int().min(0).max(100_000),
    to: z.int().min(0).max(100_000),
    /** Names the series, its suites and what else the run uses in the store. */
    pack: hash,
    /** Names the tree there. */
    tree: hash,
    /** Whether the user vouches for the series: everything of it is in the trusted part of the store then. */
    trusted: z.boolean(),
    /** Another word for each time that it is to be done again, though there is a result. */
    round: z.string().regex(/^[0-9a-f]{0,32}$/),
    /** What the tools of its machine have to say of themselves. */
    needs: z.record(z.string().regex(/^[\w.+-]{1,64}$/), z.string().max(200)),
    /** Machines that failed it. */
    failed: z.array(z.strictObject({ machine, at: z.number(), why: words })).max(16),
    /** Machines that cannot do it. */
    declined: z.array(z.strictObject({ machine, why: words })).max(64),
  })
  .refine(({ from, to }) => from <= to, 'from is after to');

/** A chain as it stands in a queue: names and hashes, no command, no path and no address. */
export type ChainJob = z.infer<typeof jobShape>;

/** Reads a job that anybody may have written; a string says what is wrong with it. */
export function parseJob(value: unknown): ChainJob | string {
  const parsed = jobShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  return `${issue?.message ?? 'another shape'}${at}`;
}

const cardShape = z.strictObject({
  machine,
  name: words,
  targets: z.array(z.string().regex(/^[a-z0-9_]{1,32}$/)),
  slots: z.int().min(1),
  versions: z.record(z.string(), z.string()),
});

/** What a worker says of itself. */
export type WorkerCard = z.infer<typeof cardShape>;

/** The workers that say of themselves what they should. */
export function parseCards(values: readonly unknown[]): WorkerCard[] {
  return values.flatMap((value) => {
    const parsed = cardShape.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

/** How a machine's tools differ from those that a chain asks for, a few words each; empty where they do not. */
export function mismatches(needs: ChainJob['needs'], versions: Readonly<Record<string, string>>): string[] {
  return Object.entries(needs).flatMap(([tool, wanted]) => {
    const found = versions[tool];
    return found === wanted ? [] : [`${tool}: wants ${wanted}, has ${found ?? 'none'}`];
  });
}

/** Whether a machine that failed a chain leaves it to others: for a while, since there may be none. */
export function leavesToOthers({ failed }: Pick<ChainJob, 'failed'>, own: string, now: number, ms: number): boolean {
  return failed.some((one) => one.machine === own && now - one.at < ms);
}
