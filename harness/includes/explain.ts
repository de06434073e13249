import { describeChain, type MissingInclude } from '../model/index.ts';
import { describeConditions, explainBreak, explainHidden, publicHeader, type ReadText, type UnitOn } from './chain.ts';
import type { Declaration } from './declarations.ts';
import { dormantStep } from './dormant.ts';
import { fits, includeSpec, rank } from './headers.ts';
import type { MissingName } from './missing.ts';
import { chainTo } from './unit.ts';

export interface ExplainRequest {
  readonly missing: MissingName;
  /** The translation unit on every target where it could be preprocessed. */
  readonly units: readonly UnitOn[];
  /** Targets on which the compiler did not know the name. */
  readonly failing: readonly string[];
  /** What the headers of the whole tree declare under that name. */
  readonly inTree: readonly Declaration[];
  readonly read: ReadText;
}

export interface Explanation {
  readonly advice: readonly string[];
  readonly include?: MissingInclude;
}

/** Says where a name is declared, how the targets that know it come to it, and why the others don't. */
export async function explainMissing(request: ExplainRequest): Promise<Explanation> {
  const { missing, units, failing, read } = request;
  const declarationsIn = (one: UnitOn): Declaration[] =>
    (one.unit.declarations.get(missing.name) ?? []).filter((declaration) => fits(declaration, missing));
  const knowing = units.filter((one) => !failing.includes(one.target) && declarationsIn(one).length > 0);
  const unknowing = units.filter((one) => failing.includes(one.target));
  const passing = knowing[0];
  const declaration = passing === undefined ? best(request) : declarationsIn(passing)[0];
  const late = unknowing.flatMap((one) => declarationsIn(one).map((found) => ({ ...found, target: one.target })))[0];
  if (late !== undefined && (declaration === undefined || declaration.file === late.file)) {
    return { advice: [`${title(missing)} is declared at ${late.file}:${late.line} on ${late.target}, after its use`] };
  }
  if (declaration === undefined) return { advice: [nowhere(missing)] };
  const place = `${declaration.file}:${declaration.line}`;
  const advice = [`${title(missing)} is declared at ${place}`];
  for (const one of unknowing) {
    if (!one.unit.files.has(declaration.file)) continue;
    const conditions = await explainHidden(declaration.file, declaration.line, read);
    const reason = conditions === undefined ? '' : `, which is under ${conditions}`;
    advice.push(`${one.target} includes ${declaration.file} as well, but does not see that line${reason}`);
    return { advice };
  }
  if (passing === undefined) {
    advice.push(`no target that was built reaches ${declaration.file} from ${missing.file}`);
    advice.push(...(await dormantWays(unknowing, declaration.file, read)));
  } else {
    const chain = chainTo(passing.unit, declaration.file);
    advice.push(`${passing.target} reaches it by ${describeChain(chain)}`);
    for (const one of unknowing) {
      const reason = await explainBreak(one, passing, chain, read);
      if (reason !== undefined) advice.push(reason);
    }
  }
  const header =
    passing === undefined ? declaration.file : await publicHeader(passing.unit, declaration.file, request.read);
  const include = includeSpec(header);
  if (include === undefined || header === missing.file) return { advice };
  const { file, line, name } = missing;
  return { advice, include: { file, line, include, symbol: name } };
}

/** Configurations in which it would build all the same, by what another header brings in. */
async function dormantWays(unknowing: readonly UnitOn[], file: string, read: ReadText): Promise<string[]> {
  const ways = new Map<string, string[]>();
  for (const one of unknowing) {
    const step = await dormantStep(one, file, read);
    if (!step) continue;
    const text = `would reach it with ${describeConditions(step.conditions, step.file)}, by the include at ${step.file}:${step.line}`;
    ways.set(text, [...(ways.get(text) ?? []), one.target]);
  }
  return [...ways].map(([text, targets]) => `${targets.join(', ')} ${text}`);
}

function title({ name, kind }: MissingName): string {
  return kind === 'struct' ? `struct ${name}` : name;
}

function nowhere(missing: MissingName): string {
  const what = missing.kind === 'struct' ? 'defines' : 'declares';
  return `no header under include/ or arch/*/include ${what} ${title(missing)}: the name is misspelt, or this tree does not have it`;
}

/** The declaration in the tree that most likely is meant. */
function best({ inTree, missing }: ExplainRequest): Declaration | undefined {
  return inTree.filter((one) => fits(one, missing)).toSorted((a, b) => rank(a.file) - rank(b.file))[0];
}
