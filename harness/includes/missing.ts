import type { Diagnostic } from '../model/index.ts';

/** A name that the compiler did not know where it was used. */
export interface MissingName {
  readonly name: string;
  /** What it must be for the use: something with this name, a type's name, or a struct's definition. */
  readonly kind: 'name' | 'type' | 'struct';
  /** Where it is used, relative to the tree. */
  readonly file: string;
  readonly line: number;
  /** The object that was being made, relative to the build directory. */
  readonly object: string;
}

const patterns: readonly { readonly expression: RegExp; readonly kind: MissingName['kind'] }[] = [
  { expression: /^implicit declaration of function ['‘](\w+)['’]/, kind: 'name' },
  { expression: /^['‘](\w+)['’] undeclared/, kind: 'name' },
  { expression: /^type defaults to ['‘]int['’] in declaration of ['‘](\w+)['’]/, kind: 'name' },
  { expression: /^unknown type name ['‘](\w+)['’]/, kind: 'type' },
  { expression: /(?:undefined|incomplete) type ['‘](?:const )?(?:struct|union|enum) (\w+)['’]/, kind: 'struct' },
  { expression: /incomplete element type ['‘](?:const )?(?:struct|union|enum) (\w+)['’]/, kind: 'struct' },
  { expression: /^['‘](?:struct|union|enum) (\w+)['’] declared inside parameter list/, kind: 'struct' },
];

/** Messages that name the thing that has the type, not the type. */
const unnamed = /(?:has incomplete type|storage size of .* isn[’']t known|has initializer but incomplete type)/;

/**
 * The name that a message says is not known; undefined for any other message.
 *
 * @param source the line of C that the message points to, where it is known
 */
export function missingName(diagnostic: Diagnostic, source?: string): MissingName | undefined {
  const { file, line, object, message } = diagnostic;
  if (file === undefined || line === undefined || object === undefined || !/\.o$/.test(object)) return undefined;
  const place = { file, line, object };
  for (const { expression, kind } of patterns) {
    const name = expression.exec(message)?.[1];
    if (name !== undefined) return { name, kind, ...place };
  }
  const tag = unnamed.test(message) ? /\b(?:struct|union|enum)\s+(\w+)/.exec(source ?? '')?.[1] : undefined;
  return tag === undefined ? undefined : { name: tag, kind: 'struct', ...place };
}
