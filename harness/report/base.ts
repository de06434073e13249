import { type Cell, isGood, type Outcome, type Run } from '../model/index.ts';
import { firstOf, oneLine, plural } from './words.ts';

const most = 5;

/** What is bad in a cell, by name: its cases, or the stage where it ended before them. */
function badNames({ cases, stage, outcome }: Cell): string[] {
  const bad = cases.filter((one) => !isGood(one.outcome)).map(({ suite, name }) => `${suite}: ${name}`);
  return bad.length > 0 || isGood(outcome) ? bad : [stage];
}

/** How something of that name ended in a cell; undefined where it was not tried. */
function outcomeIn(cell: Cell, name: string): Outcome | undefined {
  const found = cell.cases.find((one) => `${one.suite}: ${one.name}` === name)?.outcome;
  return found ?? Object.entries(cell.stages).find(([stage]) => stage === name)?.[1].outcome;
}

function isBad(outcome: Outcome | undefined): boolean {
  return outcome === 'known' || (outcome !== undefined && outcome !== 'not-run' && !isGood(outcome));
}

/**
 * Whether the base has a failure too, on the same target and with the same configuration; undefined for the base itself, and
 * for what the machine did.
 */
export function baseWords(run: Pick<Run, 'cells' | 'shard'>, cell: Cell): string | undefined {
  if (cell.point === 0 || cell.blame === 'host' || isGood(cell.outcome) || cell.outcome === 'not-run') return undefined;
  if (cell.stage === 'apply') return undefined;
  const base = run.cells.find(({ point, target }) => point === 0 && target === cell.target);
  if (!base && cell.baseBuild !== undefined)
    return cell.baseBuild === 'fail' ? 'the base does not build either: no patch is to blame' : 'the base is built';
  if (!base) {
    const where = run.shard ? 'in another shard' : 'not in this run; add point 0 to --points';
    return `unknown whether the base has it too: the base is ${where}`;
  }
  if (base.outcome === 'not-run')
    return `unknown whether the base has it too: ${oneLine(base.cause?.summary ?? 'it was not run')}`;
  const names = badNames(cell);
  const there = names.filter((name) => isBad(outcomeIn(base, name)));
  if (there.length === names.length) return 'the base has it too: no patch is to blame';
  if (there.length > 0)
    return `the base has ${there.length} of these ${names.length} too: ${firstOf(there.map(oneLine), most).join('; ')}`;
  const passed = names.filter((name) => outcomeIn(base, name) === 'pass').length;
  if (passed === names.length) return names.length === 1 ? 'the base passes it' : `the base passes all ${names.length}`;
  if (passed > 0) return `the base passes ${passed} of these ${names.length} and did not try the others`;
  return isGood(base.outcome)
    ? `the base does not have ${plural(names.length, 'such case', 'such cases')}`
    : `unknown whether the base has it too: it ended in ${base.stage}`;
}
