/** Checks every import of harness/ against scripts/layers.ts; prints file:line for each one that goes up or sideways. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { glob } from 'zx';
import { layers, restricted, restrictedGlobals } from './layers.ts';

const root = path.resolve(import.meta.dirname, '..');
const harness = path.join(root, 'harness');
const problems: string[] = [];

function layerOf(file: string): string {
  return path.relative(harness, file).split(path.sep)[0] ?? '';
}

function check(file: string): void {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
  const layer = layerOf(file);
  const allowed = layers[layer];
  const say = (node: ts.Node, text: string): void => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart());
    problems.push(`${path.relative(root, file)}:${line + 1}:${character + 1}: ${text}`);
  };
  if (!allowed) {
    problems.push(`${path.relative(root, file)}:1:1: folder "${layer}" has no rule in scripts/layers.ts; add one`);
    return;
  }
  const checkSpecifier = (node: ts.Node, specifier: string): void => {
    const owners = restricted[specifier];
    if (owners && !owners.includes(layer)) say(node, `"${specifier}" may be imported by ${owners.join(', ')} only`);
    if (!specifier.startsWith('.')) return;
    const to = layerOf(path.resolve(path.dirname(file), specifier));
    if (to !== layer && !allowed.includes(to)) {
      say(node, `${layer} may not import ${to} (allowed: ${allowed.join(', ') || 'nothing'})`);
    }
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      if (ts.isStringLiteral(node.moduleSpecifier)) checkSpecifier(node, node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [first] = node.arguments;
      if (first && ts.isStringLiteral(first)) checkSpecifier(node, first.text);
    } else if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const owners = restrictedGlobals[node.expression.text];
      if (owners && !owners.includes(layer)) {
        say(node, `the global "${node.expression.text}" may be used by ${owners.join(', ')} only`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const files = await glob('**/*.ts', { cwd: harness, absolute: true });
for (const file of files) check(file);
for (const problem of problems) console.error(problem);
console.log(`layers: ${files.length} files, ${problems.length} violations`);
process.exitCode = problems.length > 0 ? 1 : 0;
