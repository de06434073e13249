import type { ExecutionContext } from 'ava';
import { CaseOutput, shownOutput } from '../guest/case-output.ts';
import { type CaseResult, type Cause, defined, GuestGone, HostError } from '../model/index.ts';
import { caseKey } from '../model/suite.ts';
import type { SuiteServices } from '../pipeline/suite/services.ts';
import { type Attempt, attempt, decide, type SeenCase } from './attempt.ts';
import type { GuestPool } from './pool.ts';
import type { Case } from './registry.ts';
import { type Swept, sweepCase } from './sweep.ts';
import { judgeCase } from './verdict.ts';

/** Further tries after the machine failed a case. */
const retries = 2;

/** Why a case is not run on this kernel: a feature that comes later, or a known difference of the dialect. */
export function reasonToSkip(each: Case, context: SuiteServices['context']): string | undefined {
  for (const need of each.needs) {
    const feature = context.features[need];
    if (feature === undefined) return `feature ${need} is not a part of this series`;
    if (!feature.present) return `feature ${need} comes with patch ${feature.patch}`;
  }
  for (const difference of each.differs) {
    const reason = each.dialect.differences?.[difference];
    if (reason !== undefined) return `${context.dialect === undefined ? '' : `${context.dialect}: `}${reason}`;
  }
  return undefined;
}

/** No guest: the kernel's fault when a guest that came up says so, else the machine's. */
function notUp(error: unknown, file: string): Attempt {
  const isKernel = error instanceof GuestGone && error.ending !== 'host';
  const fault = isKernel
    ? error
    : new HostError(`there is no guest: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  const seen = { isFromGuest: () => false, timedOut: false, timeoutMs: 0, pending: [], splats: [], expected: [] };
  return { verdict: judgeCase({ error: fault, ...seen, file }), splats: [], lines: [] };
}

/** Runs a case on a guest, again where the machine failed it, and tells the result. */
export async function runCase(
  t: ExecutionContext,
  each: Case,
  file: string,
  services: SuiteServices,
  pool: GuestPool,
): Promise<CaseResult> {
  const { suite, name } = each;
  return pool.withSlot(each, async () => {
    services.record({ type: 'begin', suite, name });
    const started = performance.now();
    let made: Attempt;
    let output: CaseOutput;
    let seen: SeenCase | undefined;
    for (let tries = 0; ; tries += 1) {
      const printed = new CaseOutput();
      output = printed;
      seen = undefined;
      try {
        const { value, rest } = await pool.withGuest(each, (life) =>
          attempt(t, each, file, life, services, { output: printed }),
        );
        seen = value;
        made = await decide(value, rest, services);
        if (value.leaks && 'unsearched' in value.leaks)
          printed.add(`leaks were not searched: ${value.leaks.unsearched}`);
      } catch (error) {
        made = notUp(error, file);
        await services.guests.counters?.end(undefined, caseKey(suite, name));
      }
      if (made.verdict.cause?.blame !== 'host' || tries >= retries) break;
    }
    const ms = Math.round(performance.now() - started);
    const log = made.lines.length === 0 ? undefined : await services.writeLog(suite, name, made.lines);
    const parts = { t, each, file, services, pool };
    const { faults } = services.context;
    const swept =
      seen && faults !== undefined && made.verdict.outcome === 'pass'
        ? await sweepCase({ ...parts, refused: seen.refused, leaksUnknown: seen.leaksUnknown === true }, faults)
        : undefined;
    const result = withSweep(resultOf(each, made, { ms, log, output: output.lines() }), swept);
    services.record({ type: 'end', result });
    return result;
  });
}

function resultOf(
  { suite, name }: Case,
  { verdict, splats }: Attempt,
  { ms, log, output }: { readonly ms: number; readonly log: string | undefined; readonly output: readonly string[] },
): CaseResult {
  const excerpt = [...(verdict.cause?.excerpt ?? []), ...shownOutput(output)];
  const cause: Cause | undefined = verdict.cause && { ...verdict.cause, excerpt, ...defined({ log }) };
  return {
    suite,
    name,
    outcome: verdict.outcome,
    ms,
    ...defined({ reason: verdict.reason }),
    ...(cause ? { cause } : {}),
    ...(splats.length > 0 ? { splats } : {}),
    ...(output.length > 0 ? { output } : {}),
  };
}

/** A case that passes, with what came of letting its allocations fail; it fails where the kernel is to blame for that. */
function withSweep(result: CaseResult, swept: Swept | undefined): CaseResult {
  if (!swept) return result;
  const { sweep: faults, cause, splats = [] } = swept;
  if (!cause) return { ...result, faults };
  return { ...result, outcome: 'fail', cause, faults, ...(splats.length > 0 && { splats }) };
}
