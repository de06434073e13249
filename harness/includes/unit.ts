import type { Edge } from '../model/index.ts';
import { type Declaration, findDeclarations, type PlacedToken } from './declarations.ts';
import { tokenise } from './tokens.ts';

/** A translation unit as the preprocessor saw it; paths are relative to the tree, or to the build directory. */
export interface Unit {
  readonly main: string;
  /** Every file of it, in the order in which they were opened; the value is the include that opened it. */
  readonly files: ReadonlyMap<string, Edge | undefined>;
  readonly edges: readonly Edge[];
  /** By name. */
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>;
}

/** Where the preprocessor saw things, and which directory `asm` stands for in a tree that links to it. */
export interface UnitPlaces {
  readonly worktree: string;
  readonly directory: string;
  /** Value of `ARCH=`. */
  readonly arch: string;
}

const marker = /^# (\d+) "((?:[^"\\]|\\.)*)"((?: \d)*)/;
const includeDirective = /^#\s*(?:include|include_next|import)\s*(<[^>]+>|"[^"]+")/;

/** Makes a path of the compiler's relative to the tree. */
export function relativePath(file: string, places: UnitPlaces): string {
  let short = file;
  for (const directory of [places.worktree, places.directory]) {
    if (short.startsWith(`${directory}/`)) short = short.slice(directory.length + 1);
  }
  const parts: string[] = [];
  for (const part of short.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  // Before 2.6.27 include/asm (or include2/asm, where there is a build directory) is a link.
  return parts
    .join('/')
    .replace(/^include2?\/asm\//, `include/asm-${places.arch}/`)
    .replace(/^include2\//, 'include/');
}

/** Reads what `-E -dDI` printed. */
export function readUnit(text: string, places: UnitPlaces): Unit {
  const files = new Map<string, Edge | undefined>();
  const edges: { -readonly [Key in keyof Edge]: Edge[Key] }[] = [];
  const bySpec = new Map<string, string>();
  const tokens: PlacedToken[] = [];
  const stack: string[] = [];
  let file = '';
  let main: string | undefined;
  let shift = 0;
  let pending: (typeof edges)[number] | undefined;
  for (const token of tokenise(text)) {
    const place = { file, line: token.line + shift };
    const marked = token.kind === 'directive' ? marker.exec(token.text) : null;
    if (marked) {
      const name = relativePath((marked[2] ?? '').replaceAll(/\\(.)/g, '$1'), places);
      const flags = marked[3] ?? '';
      shift = Number(marked[1]) - token.line - 1;
      // The first marker of all names the main file.
      main ??= name;
      if (flags.includes(' 1')) {
        if (pending) {
          pending.to = name;
          bySpec.set(pending.spec, name);
        }
        if (!files.has(name)) files.set(name, pending);
        pending = undefined;
        stack.push(file);
      } else if (flags.includes(' 2')) {
        stack.pop();
        pending = undefined;
      } else if (name === main && !files.has(name)) files.set(name, undefined);
      file = name;
      continue;
    }
    const spec = token.kind === 'directive' ? includeDirective.exec(token.text)?.[1] : undefined;
    if (spec !== undefined) {
      pending = { from: file, line: place.line, spec, to: undefined };
      edges.push(pending);
      continue;
    }
    pending = undefined;
    tokens.push({ ...token, ...place });
  }
  for (const edge of edges) edge.to ??= bySpec.get(edge.spec) ?? bySuffix(edge.spec, files.keys());
  const declarations = group(findDeclarations(tokens));
  return { main: main ?? '', files, edges, declarations };
}

/** An include that was passed over, under a name that no other include used. */
function bySuffix(spec: string, files: Iterable<string>): string | undefined {
  const end = `/${spec.slice(1, -1)}`;
  const fitting = [...files].filter((file) => file.endsWith(end));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function group(declarations: readonly Declaration[]): Map<string, Declaration[]> {
  const groups = new Map<string, Declaration[]>();
  for (const one of declarations) {
    const known = groups.get(one.name);
    if (known) known.push(one);
    else groups.set(one.name, [one]);
  }
  return groups;
}

/** The includes that led to a file when it was opened, from the main file on; empty for what the command line brings. */
export function chainTo(unit: Unit, file: string): Edge[] {
  const chain: Edge[] = [];
  let edge = unit.files.get(file);
  while (edge && chain.length <= unit.files.size) {
    chain.unshift(edge);
    edge = unit.files.get(edge.from);
  }
  return chain;
}
