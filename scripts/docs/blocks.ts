import type { Command } from 'commander';
import { z } from 'zod';
import { canBoot, type Target } from '../../harness/model/index.ts';
import { requirementsFor } from '../../harness/targets/index.ts';

/** The parts of the documents that are made from the code: between `<!-- generated: NAME -->` and `<!-- end -->`. */
const block = /(<!-- generated: ([\w-]+) -->\n)([\s\S]*?)(<!-- end -->)/g;

/** Text of a block by its name. */
export type Blocks = Readonly<Record<string, () => string>>;

/** The document with every block updated; throws for a block that nobody makes. */
export function fillBlocks(text: string, blocks: Blocks): string {
  return text.replaceAll(block, (_, open: string, name: string, _old: string, close: string) => {
    const make = blocks[name];
    if (!make) throw new Error(`no generated block "${name}"; there are ${Object.keys(blocks).join(', ')}`);
    return `${open}\n${make()}\n${close}`;
  });
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** A table of Markdown. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return `${[line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

/** Every command with the first sentence of its help. */
export function commandTable(program: Command): string {
  const rows = program.commands.map((one) => [
    `\`quiltboot ${[one.name(), ...one.registeredArguments.map((arg) => (arg.required ? `<${arg.name()}>` : `[${arg.name()}]`))].join(' ')}\``,
    one.description().replace(/\n[\s\S]*$/, ''),
  ]);
  return table(['command', 'does'], rows);
}

/** The options of one command with their help. */
export function optionTable(program: Command, name: string): string {
  const command = program.commands.find((one) => one.name() === name);
  if (!command) throw new Error(`no command ${name}`);
  return table(
    ['option', 'meaning'],
    command.options.map((one) => [`\`${one.flags}\``, one.description]),
  );
}

/** What is known of each architecture, and what Debian's packages for it are called. */
export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { name, aliases, bits, endian, since = '2.6.22 and before', nativeOn } = target;
    const packages = requirementsFor([{ ...target, crossCompile: target.crossPrefix }])
      .filter(({ purpose }) => purpose.endsWith(` for ${name}`))
      .map((one) => one.package);
    return [
      `\`${name}\``,
      aliases.map((alias) => `\`${alias}\``).join(', '),
      `${bits}, ${endian}`,
      since,
      canBoot(target) ? `\`${target.qemu.binary}\`` : 'no: built only',
      canBoot(target) ? 'yes' : '',
      packages.join(', '),
      nativeOn.join(', '),
    ];
  });
  return table(
    ['target', 'also', 'bits, endian', 'since Linux', 'boots in', 'snapshots', "Debian's packages", 'native on'],
    rows,
  );
}

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  if (schema.type === 'object') return schema.properties ? 'mapping' : 'mapping by name';
  return schema.type === 'string' ? 'text' : (schema.type ?? 'anything');
}

/** The mappings inside a schema: of itself, of its alternatives, and of what its lists and names hold. */
function inner(schema: Schema): readonly Schema[] {
  const { items, anyOf, additionalProperties } = schema;
  return [
    ...(schema.properties ? [schema] : []),
    ...(items ? inner(items) : []),
    ...(anyOf?.flatMap(inner) ?? []),
    ...(typeof additionalProperties === 'object' ? inner(additionalProperties) : []),
  ];
}

function rowsOf(schema: Schema, path: string): string[][] {
  return inner(schema).flatMap((mapping) =>
    Object.entries(mapping.properties ?? {}).flatMap(([key, value]) => {
      const own = path === '' ? key : `${path}.${key}`;
      const below = value.type === 'object' && !value.properties ? `${own}.NAME` : own;
      const need = mapping.required?.includes(key) ? 'yes' : '';
      return [[`\`${own}\``, typeOf(value), need, value.description ?? ''], ...rowsOf(value, below)];
    }),
  );
}

/** Every key of the project file below a top-level key, with its type, whether it must be there, and what it is for. */
export function schemaTable(schema: z.ZodType, key: string): string {
  const whole = z.toJSONSchema(schema, { io: 'input' }) as Schema;
  const value = whole.properties?.[key];
  if (!value) throw new Error(`no key "${key}" in the project file`);
  const path = value.type === 'object' && !value.properties ? `${key}.NAME` : key;
  const rows = rowsOf(value, path);
  return table(
    ['key', 'type', 'required', 'meaning'],
    rows.length > 0 ? rows : [[`\`${key}\``, typeOf(value), 'yes', value.description ?? '']],
  );
}
