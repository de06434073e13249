import type { Edge, IndirectUse, Use } from '../model/index.ts';
import type { ReadText, UnitOn } from './chain.ts';
import { includeLines } from './conditions.ts';
import type { Declaration } from './declarations.ts';
import { includeSpec, isOfArchitecture, isPartOf, isVocabulary } from './headers.ts';

/** A name that a file uses and that nothing in a unit declares: of interest where another target declares it. */
export interface UnknownUse {
  readonly file: string;
  readonly use: Use;
  readonly target: string;
}

/** Looks through files of units; keeps what it has read of headers. */
export class IncludeLint {
  readonly unknown: UnknownUse[] = [];
  private readonly read: ReadText;
  private readonly conditions = new Map<string, Promise<ReadonlyMap<number, readonly string[]>>>();
  private readonly parts = new Map<string, Promise<boolean>>();

  constructor(read: ReadText) {
    this.read = read;
  }

  /** The indirect uses of a file in a unit that it is a part of. */
  async check(on: UnitOn, file: string, uses: readonly Use[]): Promise<IndirectUse[]> {
    const found: IndirectUse[] = [];
    const direct = directIncludes(on, file);
    const reach = await this.search(on, file);
    for (const use of uses) {
      const declarations = (on.unit.declarations.get(use.name) ?? []).filter((one) => answers(one, use));
      if (declarations.length === 0) this.unknown.push({ file, use, target: on.target });
      if (declarations.length === 0 || declarations.some((one) => isGiven(one, on, file))) continue;
      const providers = await this.providers(on, declarations);
      if ([...providers].some((one) => direct.has(one) || isVocabulary(one))) continue;
      const best = [...providers].flatMap((one) => reach.get(one) ?? []).toSorted((a, b) => a.cost - b.cost)[0];
      const header = await this.publicName(on, declarations[0]?.file ?? '');
      const include = includeSpec(header);
      if (include === undefined) continue;
      const way =
        best === undefined
          ? {
              target: on.target,
              chain: [],
              weak: ['only what is included before this file brings it in'],
            }
          : { target: on.target, chain: best.chain, weak: best.weak };
      found.push({ file, use, include, ways: [way] });
    }
    return found;
  }

  /** A header and those that it is a part of: including any of them is as good. */
  private async providers({ unit }: UnitOn, declarations: readonly Declaration[]): Promise<Set<string>> {
    const found = new Set(declarations.map(({ file }) => file));
    for (const inner of found) {
      for (const { from } of unit.edges.filter(({ to }) => to === inner)) {
        if (from.endsWith('.h') && !found.has(from) && (await this.isPart(inner, from))) found.add(from);
      }
    }
    return found;
  }

  private isPart(inner: string, outer: string, how: 'strict' | 'lenient' = 'lenient'): Promise<boolean> {
    const key = `${inner} ${outer} ${how}`;
    const known = this.parts.get(key) ?? this.read(inner).then((text) => isPartOf(inner, outer, text, how));
    this.parts.set(key, known);
    return known;
  }

  private async publicName({ unit }: UnitOn, file: string): Promise<string> {
    let at = file;
    for (let edge = unit.files.get(at); edge?.from.endsWith('.h'); edge = unit.files.get(at)) {
      const outers = unit.edges.filter(({ to }) => to === at).map(({ from }) => from);
      let next: string | undefined;
      for (const outer of outers) if (next === undefined && (await this.isPart(at, outer, 'strict'))) next = outer;
      if (next === undefined || next === unit.main) return at;
      at = next;
    }
    return at;
  }

  /** The best way from a file to every other one: as few weak steps as possible, then as few steps as possible. */
  private async search(on: UnitOn, start: string): Promise<ReadonlyMap<string, Reached>> {
    const outgoing = new Map<string, Edge[]>();
    for (const edge of on.unit.edges) outgoing.set(edge.from, [...(outgoing.get(edge.from) ?? []), edge]);
    const reached = new Map<string, Reached>([[start, { cost: 0, chain: [], weak: [] }]]);
    const queue = [start];
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const here = reached.get(file);
      if (!here) continue;
      for (const edge of outgoing.get(file) ?? []) {
        if (edge.to === undefined) continue;
        const weak = file === start ? [] : await this.weakness(edge);
        const cost = here.cost + 1 + weak.length * 10_000;
        const known = reached.get(edge.to);
        if (known && known.cost <= cost) continue;
        reached.set(edge.to, { cost, chain: [...here.chain, edge], weak: [...here.weak, ...weak] });
        queue.push(edge.to);
      }
    }
    return reached;
  }

  /** Why an include need not be carried out in another configuration or on another architecture. */
  private async weakness(edge: Edge): Promise<string[]> {
    const place = `${edge.from}:${edge.line}`;
    if (isOfArchitecture(edge.from)) {
      const wrapper = edge.to !== undefined && isPartOf(edge.to, edge.from, undefined, 'strict');
      return wrapper ? [] : [`${place} is specific to one architecture`];
    }
    const conditions = (await this.conditionsOf(edge.from)).get(edge.line) ?? [];
    return conditions.map((condition) => `${place} is under ${condition}`);
  }

  private conditionsOf(file: string): Promise<ReadonlyMap<number, readonly string[]>> {
    const known =
      this.conditions.get(file) ??
      this.read(file).then(
        (text) =>
          new Map(includeLines(text ?? '').map(({ line, conditions }) => [line, conditions.map((one) => one.text)])),
      );
    this.conditions.set(file, known);
    return known;
  }
}

interface Reached {
  readonly cost: number;
  readonly chain: readonly Edge[];
  readonly weak: readonly string[];
}

function answers({ kind }: Declaration, use: Use): boolean {
  if (use.kind === 'struct') return kind === 'struct';
  return kind !== 'struct' && (use.kind !== 'call' || kind !== 'typedef');
}

/** Whether nothing has to be included: the file declares it itself, or the compiler does. */
function isGiven({ file }: Declaration, { unit }: UnitOn, user: string): boolean {
  return file === user || file.startsWith('<') || unit.files.get(file) === undefined;
}

/** What a file includes itself, private headers (in quotes) and what those include among it. */
function directIncludes({ unit }: UnitOn, file: string): Set<string> {
  const direct = new Set<string>();
  const files = new Set([file]);
  for (const one of files) {
    for (const { from, to, spec } of unit.edges) {
      if (from !== one || to === undefined) continue;
      direct.add(to);
      if (spec.startsWith('"')) files.add(to);
    }
  }
  return direct;
}

function keyOf({ file, use }: Pick<IndirectUse, 'file' | 'use'>): string {
  return `${file} ${use.kind === 'struct' ? 'struct ' : ''}${use.name}`;
}

/** One entry for each name and file, with the ways of all targets; a target that does not know the name has none. */
export function mergeUses(all: readonly IndirectUse[], unknown: readonly UnknownUse[]): IndirectUse[] {
  const merged = new Map<string, IndirectUse>();
  for (const one of all) {
    const known = merged.get(keyOf(one));
    const byTarget = new Map((known?.ways ?? []).map((way) => [way.target, way]));
    for (const way of one.ways) {
      const other = byTarget.get(way.target);
      // A header is seen by several units: its weakest way counts.
      if (other === undefined || other.weak.length < way.weak.length) byTarget.set(way.target, way);
    }
    merged.set(keyOf(one), { ...(known ?? one), ways: [...byTarget.values()] });
  }
  for (const one of unknown) {
    const known = merged.get(keyOf(one));
    if (!known || known.ways.some(({ target }) => target === one.target)) continue;
    const way = { target: one.target, chain: [], weak: ['nothing declares it there'] };
    merged.set(keyOf(one), { ...known, ways: [...known.ways, way] });
  }
  return [...merged.values()];
}
