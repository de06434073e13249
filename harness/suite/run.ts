import process from 'node:process';
import ava from 'ava';
import { outsideResult, type Where } from '../guest/outside.ts';
import type { Stretch } from '../guest/verdict.ts';
import { caseKey, contextVariable, isMatched, keysOf, loadingName } from '../model/suite.ts';
import { openSuiteServices, type SuiteServices } from '../pipeline/suite/services.ts';
import { reasonToSkip, runCase } from './case.ts';
import { loadSuites } from './loading.ts';
import { watchOutput } from './output.ts';
import { createPool } from './pool.ts';
import { type Case, declaredCases } from './registry.ts';
import { shuffle } from './shuffle.ts';

/** How often the process says that it can still work, in milliseconds. */
const aliveEveryMs = 1000;

function isChosen(each: Case, { only, match }: SuiteServices['context']): boolean {
  return (!only || keysOf(each).some((key) => only.includes(key))) && isMatched(each, match);
}

/** Loads every suite of the context and hands its cases to ava. Called once, by the test file that ava was given. */
export async function runSuites(): Promise<void> {
  const services = await openSuiteServices(process.env[contextVariable] ?? '');
  const { context } = services;
  watchOutput();
  setInterval(() => services.record({ type: 'alive' }), aliveEveryMs).unref();
  const broken = await loadSuites(context.suites, (what) => services.record(what));

  const chosen = declaredCases().filter((each) => !broken.has(each.suite) && isChosen(each, context));
  const ordered = context.seed === undefined ? chosen : shuffle(chosen, context.seed);
  const fileOf = (suite: string): string => context.suites.find(({ name }) => name === suite)?.file ?? '';
  for (const { suite, name, needs } of ordered) services.record({ type: 'declare', suite, name, needs });
  services.record({ type: 'loaded' });

  const tellOutside = async (suite: string, where: Where, stretch: Omit<Stretch, 'lines'>): Promise<void> => {
    const splats = await services.symbolise(stretch.splats);
    const result = outsideResult(suite, where, { ...stretch, splats });
    if (result) services.record({ type: 'end', result });
  };
  const gaps: Promise<void>[] = [];
  const pool = createPool(services.guests, context.guests, (suite, between, stretch) => {
    gaps.push(tellOutside(suite, { when: 'gap', ...between }, stretch));
  });
  for (const [suite, { summary }] of broken) ava(caseKey(suite, loadingName), (t) => t.fail(summary));
  let declared = broken.size;
  for (const each of ordered) {
    const { suite, name } = each;
    const reason = reasonToSkip(each, context);
    if (reason !== undefined) {
      services.record({ type: 'end', result: { suite, name, outcome: 'skip', ms: 0, reason } });
      ava.skip(caseKey(suite, name), (t) => t.pass());
    } else {
      declared += 1;
      ava(caseKey(suite, name), async (t) => {
        const result = await runCase(t, each, fileOf(suite), services, pool);
        if (result.outcome === 'pass' || result.outcome === 'skip') t.pass();
        else t.fail(result.cause?.summary ?? result.outcome);
      });
    }
  }
  // ava wants a test in every file.
  if (declared === 0) ava('nothing to run', (t) => t.pass());
  ava.after.always('close the guests', async () => {
    await pool.close();
    await Promise.all(gaps);
    // Whoever asks for one case wants to know of that one.
    if (context.only === undefined && context.match === undefined)
      await bothEnds(services, ordered[0]?.suite, tellOutside);
    await services.guests.close();
  });
}

/** What the boot that all guests come from reported, and what comes when one of them is shut down in order. */
async function bothEnds(
  { guests }: SuiteServices,
  suite: string | undefined,
  tell: (suite: string, where: Where, stretch: Omit<Stretch, 'lines'>) => Promise<void>,
): Promise<void> {
  if (suite === undefined) return;
  await tell(suite, { when: 'boot' }, { splats: guests.bootSplats ?? [] });
  const end = await guests.shutDown?.();
  if (end) await tell(suite, { when: 'end' }, end);
}
