import ts from 'typescript';
import type { Sources } from './check.ts';

interface Declared {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function namesOf(statement: ts.Statement): readonly ts.Identifier[] {
  const isExported = ts.canHaveModifiers(statement)
    ? (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    : false;
  if (!isExported) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name).filter((name) => ts.isIdentifier(name));
  }
  const { name } = statement as ts.DeclarationStatement;
  return name && ts.isIdentifier(name) ? [name] : [];
}

/** Names that several files declare and export, each where it is declared again: a name means one thing. */
export function sharedNames(sources: Sources): string[] {
  const declared = new Map<string, Declared[]>();
  for (const [file, text] of sources) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const name of source.statements.flatMap(namesOf)) {
      const { line, character } = source.getLineAndCharacterOfPosition(name.getStart());
      const places = declared.get(name.text) ?? [];
      declared.set(name.text, [...places, { file, line: line + 1, column: character + 1 }]);
    }
  }
  return [...declared].flatMap(([name, [first, ...others]]) =>
    others
      // A function may be declared several times in one file, for its kinds of arguments.
      .filter(({ file }) => file !== first?.file)
      .map(({ file, line, column }) => `${file}:${line}:${column}: ${first?.file ?? ''} exports "${name}" as well`),
  );
}
