import path from 'node:path';
import ts from 'typescript';

/** What scripts/layers/rules.ts holds; a test brings its own. */
export interface Rules {
  readonly layers: Readonly<Record<string, readonly string[]>>;
  readonly doors: Readonly<Record<string, readonly string[]>>;
  readonly restricted: Readonly<Record<string, readonly string[]>>;
  readonly restrictedGlobals: Readonly<Record<string, readonly string[]>>;
  readonly openers: Openers;
}

/** Functions that open files by name, and the only files that may import them: each with the reason why it may. */
export interface Openers {
  readonly modules: readonly string[];
  readonly functions: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Paths relative to the checked folder, with `/`, each with its text. */
export type Sources = ReadonlyMap<string, string>;

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An import or re-export of another file of the folder. */
interface Arrow extends Place {
  readonly to: string;
}

/** The violations, `file:line:column: sentence` each; none when the folder keeps its rules. */
export function checkLayers(sources: Sources, rules: Rules): string[] {
  const problems: string[] = [];
  const arrows = new Map<string, Arrow[]>();
  for (const [file, text] of sources) {
    const room = roomOf(file, rules.layers);
    if (room === undefined) {
      problems.push(`${file}:1:1: no room for this file; add one to the layer rules`);
      continue;
    }
    const seen = readFile(file, text, rules, room);
    problems.push(...seen.problems);
    arrows.set(file, seen.arrows);
    for (const arrow of seen.arrows) problems.push(...checkArrow(arrow, room, rules));
  }
  return [...problems, ...circlesOf(arrows)];
}

/** The pairs of different rooms below `folder` that import each other's files. A door, which only hands on, is no room. */
export function roomArrows(sources: Sources, rules: Rules, folder: string): string[] {
  const pairs = new Set<string>();
  for (const [file, text] of sources) {
    const from = roomOf(file, rules.layers);
    if (from?.startsWith(folder) !== true || file in rules.doors) continue;
    for (const { to } of readFile(file, text, rules, from).arrows) {
      const room = roomOf(to, rules.layers);
      if (room?.startsWith(folder) === true && room !== from) pairs.add(`${from} -> ${room}`);
    }
  }
  return [...pairs].sort();
}

/** The longest key of the rules that is the file or a folder above it. */
function roomOf(file: string, layers: Rules['layers']): string | undefined {
  return Object.keys(layers)
    .filter((name) => file === name || file.startsWith(`${name}/`))
    .sort((one, other) => other.length - one.length)[0];
}

const belongs = (room: string, names: readonly string[]): boolean => names.includes(room);

function checkArrow(arrow: Arrow, room: string, { layers, doors }: Rules): string[] {
  const target = roomOf(arrow.to, layers);
  const allowed = layers[room] ?? [];
  if (target !== undefined && target !== room && !belongs(target, allowed)) {
    return [at(arrow, `${room} may not import ${target} (allowed: ${allowed.join(', ') || 'nothing'})`)];
  }
  const open = doors[arrow.file];
  if (open && !open.some((name) => arrow.to.startsWith(`${name}/`))) {
    return [at(arrow, `${arrow.file} may hand on what stands in ${open.join(', ')} only, not ${arrow.to}`)];
  }
  return [];
}

function readFile(
  file: string,
  text: string,
  { restricted, restrictedGlobals, openers }: Rules,
  room: string,
): { readonly problems: string[]; readonly arrows: Arrow[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const problems: string[] = [];
  const arrows: Arrow[] = [];
  const placeOf = (node: ts.Node): Place => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart());
    return { file, line: line + 1, column: character + 1 };
  };
  const onSpecifier = (node: ts.Node, specifier: string): void => {
    const owners = restricted[specifier];
    if (owners && !belongs(room, owners)) {
      problems.push(at(placeOf(node), `"${specifier}" may be imported by ${owners.join(', ')} only`));
    }
    if (openers.modules.includes(specifier) && openers.files[file] === undefined) {
      for (const name of namesOf(node)) {
        if (name !== '*' && !openers.functions.includes(name)) continue;
        const what = `"${name}" of "${specifier}" opens files by name: use host/files/hostile.ts or host/files/read.ts`;
        problems.push(at(placeOf(node), `${what}, or give a reason in the layer rules`));
      }
    }
    if (!specifier.startsWith('.')) return;
    arrows.push({ ...placeOf(node), to: path.posix.join(path.posix.dirname(file), specifier) });
  };
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier) onSpecifier(node, specifier.text);
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const owners = restrictedGlobals[node.expression.text];
      if (owners && !belongs(room, owners)) {
        const name = node.expression.text;
        problems.push(at(placeOf(node), `the global "${name}" may be used by ${owners.join(', ')} only`));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { problems, arrows };
}

/** What an import takes from a module, by the names that it has there; `*` for all of it. */
function namesOf(node: ts.Node): string[] {
  if (!ts.isImportDeclaration(node)) return ['*'];
  const clause = node.importClause;
  if (!clause || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const { namedBindings } = clause;
  if (clause.name || !namedBindings || !ts.isNamedImports(namedBindings)) return ['*'];
  return namedBindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}

/** Where an import, a re-export, `import(…)` or `import('…').Type` leads. */
function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  const literal =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined;
  return literal && ts.isStringLiteral(literal) ? literal : undefined;
}

/** Files that import each other in a ring, by values or types: one line for each ring. */
function circlesOf(arrows: ReadonlyMap<string, readonly Arrow[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (file: string): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      found.push(`${file}:1:1: files import each other in a circle: ${[...trail.slice(start), file].join(' -> ')}`);
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    for (const { to } of arrows.get(file) ?? []) walk(to);
    trail.pop();
    done.add(file);
  };
  for (const file of arrows.keys()) walk(file);
  return found;
}

function at({ file, line, column }: Place, text: string): string {
  return `${file}:${line}:${column}: ${text}`;
}
