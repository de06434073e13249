import path from 'node:path';
import { loadOrder, moduleInfo, moduleName } from '../../guest/image/module-info.ts';
import type { ArchiveEntry } from '../../guest/image/newc.ts';
import { compressionOfBytes, decompressFile } from '../../host/fetch/archive.ts';
import { mustReadBytes } from '../../host/files/read.ts';
import { withScratch } from '../../host/files/scratch.ts';
import {
  type BuiltModule,
  type Context,
  defined,
  type GuestModule,
  type LoadedModule,
  nearest,
  UserError,
} from '../../model/index.ts';
import type { FragmentUse } from '../kernel/configure.ts';
import { ownFragment } from '../kernel/own-fragment.ts';

/** Where guests have modules. */
const directory = 'lib/modules';
/** What the guests' image says about its modules: other orders and parameters make another image. */
const listFile = 'etc/modules';

/** What a guest gets for its modules, and what it does with them. */
export interface ModuleSet {
  readonly entries: readonly ArchiveEntry[];
  readonly loaded: readonly LoadedModule[];
}

/** A kernel that modules are taken from. */
interface Origin {
  readonly modules: readonly BuiltModule[];
  /** Those of the nearest earlier kernel of the same run. */
  readonly before?: readonly BuiltModule[];
  /** Whether no later point can bring a module. */
  readonly isLast: boolean;
  /** `point 3 on x86_64` */
  readonly what: string;
}

/** The options that a project's modules need whatever they are; none where it has no modules. */
export async function moduleFragment(
  modules: readonly GuestModule[] | undefined,
  context: Context,
): Promise<FragmentUse[]> {
  if (modules === undefined) return [];
  const title = modules.map(({ name }) => name).join(' ');
  return [await ownFragment({ name: 'modules', title }, ['CONFIG_MODULES=y', 'CONFIG_MODULE_UNLOAD=y'], context)];
}

const byName = (found: readonly BuiltModule[] = []): Map<string, BuiltModule> =>
  new Map(found.map((one) => [moduleName(one.place), one]));

/** The bytes of a module; distributions compress theirs. */
async function readModule(file: string, { signal, cache }: Context): Promise<Buffer> {
  const bytes = await mustReadBytes(file);
  if (compressionOfBytes(bytes) === 'none') return bytes;
  return await withScratch({ purpose: 'module', parent: cache.images }, async (scratch) => {
    const plain = path.join(scratch, 'plain');
    await decompressFile(file, plain, signal);
    return await mustReadBytes(plain);
  });
}

function unknown({ name, location }: GuestModule, names: readonly string[], { what }: Origin): UserError {
  const guess = nearest(name, names);
  const asked = guess === undefined ? '' : `; did you mean "${guess}"?`;
  const has =
    names.length === 0 ? 'it has no modules at all' : `it has ${names.length}: ${names.slice(0, 40).join(', ')}`;
  return new UserError(`the kernel of ${what} has no module "${name}"${asked}`, {
    code: 'QB-NAME',
    hint: `${has}; a module is made where a fragment says CONFIG_…=m`,
    ...defined({ location }),
  });
}

/**
 * The modules of a project that a kernel has, with those that they need, in the order in which they are loaded. A kernel
 * before the patch that brings a module does without it; one that has lost it says so when it boots.
 *
 * @throws UserError for a module that no point has
 */
export async function moduleSet(
  modules: readonly GuestModule[] | undefined,
  origin: Origin,
  context: Context,
): Promise<ModuleSet> {
  if (modules === undefined) return { entries: [], loaded: [] };
  const built = byName(origin.modules);
  const before = byName(origin.before);
  const data = new Map<string, Buffer>();
  const needs = new Map<string, readonly string[]>();
  const learn = async (name: string): Promise<void> => {
    const found = built.get(name);
    if (!found || data.has(name)) return;
    const bytes = await readModule(found.file, context);
    data.set(name, bytes);
    const { depends = [] } = moduleInfo(found.place, bytes) ?? {};
    needs.set(name, depends);
    for (const one of depends) await learn(one);
  };
  const wanted = modules.filter((module) => {
    if (built.has(module.name) || before.has(module.name)) return true;
    if (origin.isLast) throw unknown(module, [...built.keys()].sort(), origin);
    const text = `${origin.what} has no module ${module.name} yet; its guests do without it`;
    context.emit({ type: 'note', level: 'info', text });
    return false;
  });
  for (const { name } of wanted) await learn(name);
  const order = loadOrder(
    wanted.map(({ name }) => name),
    (name) => needs.get(name) ?? [],
  );
  const loaded = order.map((name): LoadedModule => {
    const { parameters = [], stays } = wanted.find((one) => one.name === name) ?? {};
    const file = built.has(name) ? `/${directory}/${name}.ko` : undefined;
    return { name, parameters, ...defined({ file, stays }) };
  });
  const list = loaded.map(({ name, parameters }) => `${[name, ...parameters].join(' ')}\n`).join('');
  return {
    loaded,
    entries: [
      { type: 'directory', path: 'lib' },
      { type: 'directory', path: directory },
      ...[...data].map(
        ([name, bytes]) => ({ type: 'file', path: `${directory}/${name}.ko`, data: bytes, mode: 0o644 }) as const,
      ),
      { type: 'file', path: listFile, data: Buffer.from(list), mode: 0o644 },
    ],
  };
}
