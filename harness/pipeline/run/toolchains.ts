import { findCommand } from '../../host/make/toolchain.ts';
import {
  type Column,
  clangSuffix,
  nearest,
  type Project,
  type Toolchain,
  type TreeRecipe,
  UserError,
} from '../../model/index.ts';
import { installCommand } from '../../targets/index.ts';

/** Compilers that Debian 12 has packages of, which can be named without an entry in the project file. */
const packaged = ['gcc-11', 'gcc-12', 'clang-13', 'clang-14', 'clang-15', 'clang-16'];

/** What a name without a version means: the machine's own. */
const families = ['gcc', 'clang'];

const compiler = /^(?:gcc|clang)(?:-\d+)?$/;

/** A compiler in place of the tree's own, with the flags that the tree needs where it is of the same family. */
function withCompiler(own: Toolchain, name: string): Toolchain {
  const { hostcc, hostFlags } = own;
  const plain = { name, cc: name, hostcc, hostFlags, flags: [], targetFlags: {} };
  return clangSuffix(plain) === undefined && clangSuffix(own) === undefined ? { ...own, name, cc: name } : plain;
}

/**
 * The toolchains that a command line names: of the project file, or a compiler by its name; the tree's own where it names
 * none. Throws UserError for any other name, with the nearest one.
 */
export function pickToolchains(
  names: readonly string[] | undefined,
  recipe: TreeRecipe,
  { toolchains, file }: Pick<Project, 'toolchains' | 'file'>,
): readonly [Toolchain, ...Toolchain[]] {
  const own = toolchains[recipe.toolchain];
  if (!own) throw new Error(`the tree ${recipe.name} has no toolchain`);
  const pick = (name: string): Toolchain => {
    const known = Object.hasOwn(toolchains, name) ? toolchains[name] : undefined;
    const found = known ?? (compiler.test(name) ? withCompiler(own, name) : undefined);
    if (found) return name === own.name ? own : { ...found, place: name };
    throw unknown(name, Object.keys(toolchains), file);
  };
  const [first, ...more] = new Set(names);
  return first === undefined ? [own] : [pick(first), ...more.map(pick)];
}

function unknown(name: string, ofProject: readonly string[], file?: string): UserError {
  const guess = nearest(name, [...ofProject, ...families, ...packaged]);
  const install = guess !== undefined && packaged.includes(guess) ? `\nto install it: ${installCommand([guess])}` : '';
  return new UserError(`there is no toolchain "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
    code: 'QB-NAME',
    hint: `${file ?? 'the project file'} has: ${ofProject.join(', ')}; compilers of Debian: ${packaged.join(', ')}${install}`,
  });
}

/** Throws UserError for a compiler that the command line names and neither this machine nor Debian has. */
export async function checkToolchains(
  { columns }: { readonly columns: readonly Column[] },
  { toolchains, file }: Pick<Project, 'toolchains' | 'file'>,
): Promise<void> {
  for (const { name, cc } of new Set(columns.map(({ toolchain }) => toolchain))) {
    const isOthers = Object.hasOwn(toolchains, name) || !compiler.test(name) || packaged.includes(name);
    if (isOthers || !/-/.test(name) || (await findCommand(cc)) !== undefined) continue;
    throw unknown(name, Object.keys(toolchains), file);
  }
}

/** Throws UserError where several toolchains are chosen for what takes one. */
export function oneToolchain({ columns }: { readonly columns: readonly Column[] }, what: string): void {
  const [first, ...more] = new Set(columns.map(({ toolchain }) => toolchain.name));
  if (first === undefined || more.length === 0) return;
  throw new UserError(`${what} takes one toolchain, not ${[first, ...more].join(', ')}`, {
    code: 'QB-USAGE',
    hint: `for instance: --toolchain ${first}; quiltboot build and quiltboot run on this machine take several`,
  });
}
