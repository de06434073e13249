import type { Edge } from '../model/index.ts';
import type { ReadText, UnitOn } from './chain.ts';
import { type IncludeCondition, includeLines } from './conditions.ts';

/** An include that a unit's configuration leaves out. */
export interface DormantStep {
  readonly file: string;
  readonly line: number;
  readonly conditions: readonly IncludeCondition[];
}

/** Files that are looked into at most. */
const most = 4000;

/**
 * The include that another configuration would have to carry out for a unit to come to a file: the nearest one that the
 * text of its headers has and that an option leaves out. Undefined when no single option brings the file in.
 */
export async function dormantStep({ unit }: UnitOn, wanted: string, read: ReadText): Promise<DormantStep | undefined> {
  const active = new Map<string, Edge>(unit.edges.map((edge) => [`${edge.from}:${edge.line}`, edge]));
  const folders = includeFolders([...unit.files.keys()]);
  let visits = 0;
  const visited = new Set<string>();
  // First everything that is there as it is, then what each dormant include would add.
  const queue: { readonly file: string; readonly step?: DormantStep }[] = [{ file: unit.main }];
  const later: typeof queue = [];
  for (let here = queue.shift() ?? later.shift(); here; here = queue.shift() ?? later.shift()) {
    const { file, step } = here;
    if (file === wanted) return step;
    if (visited.has(file) || visits >= most) continue;
    visited.add(file);
    visits += 1;
    for (const { line, spec, conditions } of includeLines((await read(file)) ?? '')) {
      const edge = active.get(`${file}:${line}`);
      const isDormant = !edge && step === undefined && conditions.some(({ options }) => options.length > 0);
      const isBehindOne = !edge && step !== undefined && conditions.length === 0;
      if (!edge && !isDormant && !isBehindOne) continue;
      const to = edge?.to ?? (await resolve(spec, folders, read));
      if (to === undefined) continue;
      if (isDormant) later.push({ file: to, step: { file, line, conditions } });
      else queue.push({ file: to, ...(step && { step }) });
    }
  }
  return undefined;
}

/** Folders that the unit's headers come from, those of its architecture among them; `asm` for those of old trees. */
interface Folders {
  readonly all: readonly string[];
  readonly asm: readonly string[];
}

function includeFolders(files: readonly string[]): Folders {
  const matches = (pattern: RegExp): string[] => [...new Set(files.flatMap((file) => pattern.exec(file)?.[0] ?? []))];
  const modern = matches(/^arch\/[^/]+\/include(?:\/generated)?(?:\/uapi)?(?=\/asm\/)/);
  return {
    all: [...modern, 'include', 'include/uapi'],
    asm: [...matches(/^include\/asm-(?!generic)[^/]+/), 'include/asm-generic'],
  };
}

async function resolve(spec: string, { all, asm }: Folders, read: ReadText): Promise<string | undefined> {
  const name = spec.slice(1, -1);
  const candidates = all.map((folder) => `${folder}/${name}`);
  if (name.startsWith('asm/')) candidates.push(...asm.map((folder) => `${folder}/${name.slice(4)}`));
  for (const candidate of candidates) if ((await read(candidate)) !== undefined) return candidate;
  return undefined;
}
