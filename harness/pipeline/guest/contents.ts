import path from 'node:path';
import { interpreterOf } from '../../guest/image/interpreter.ts';
import type { ArchiveEntry } from '../../guest/image/newc.ts';
import { isDirectory, isExecutable } from '../../host/files/kind.ts';
import { listFiles } from '../../host/files/list.ts';
import { mustReadBytes } from '../../host/files/read.ts';
import { userPath } from '../../host/files/user-path.ts';
import {
  type BootTarget,
  type Context,
  defined,
  type GuestContents,
  type ImageResult,
  type PlacedFile,
  type SourceLocation,
  UserError,
} from '../../model/index.ts';
import { makeImage } from './image.ts';
import { compileProgram } from './programs.ts';

/** Places of the guest that belong to the kernel or to the agent. */
const reserved = /^(?:init|dev|proc|sys)(?:\/|$)/;

/** A file that guests get, with the place where the project file asks for it. */
interface Placed {
  readonly entry: ArchiveEntry & { readonly type: 'file' };
  readonly location: SourceLocation | undefined;
}

async function placed({ from, to, location }: PlacedFile, runs: boolean): Promise<Placed[]> {
  const where = defined({ location });
  if (to === '' || reserved.test(to)) {
    throw new UserError(`guests cannot get a file at /${to}, which is the kernel's or the agent's`, {
      code: 'QB-GUEST-FILE',
      hint: 'choose another place, for instance /tests or /etc',
      ...where,
    });
  }
  const read = async (file: string, place: string): Promise<Placed> => {
    const mode = runs || (await isExecutable(file)) ? 0o755 : 0o644;
    return { entry: { type: 'file', path: place, data: await mustReadBytes(file), mode }, location };
  };
  if (!(await isDirectory(from))) {
    const hint = 'expected a file or a directory: look at the path in the project file';
    await userPath('file', { path: from, what: 'file for the guest', hint, ...where });
    return [await read(from, to)];
  }
  const files = await listFiles(from);
  return await Promise.all(files.map((file) => read(file, path.posix.join(to, path.relative(from, file)))));
}

/** Programs with which a guest loads and unloads modules. */
async function moduleTools(target: BootTarget, context: Context): Promise<Placed[]> {
  const source = path.join(import.meta.dirname, '..', '..', '..', 'images', 'tools', 'module.c');
  const program = { name: 'insmod', sources: [source], flags: [], libc: 'klibc' } as const;
  const data = await compileProgram(program, target, context);
  const tools = ['insmod', 'rmmod'].map((name) => ({ type: 'file', path: `bin/${name}`, data, mode: 0o755 }) as const);
  return tools.map((entry) => ({ entry, location: undefined }));
}

/** Refuses what would end with "not found" in the guest, though it is there. */
function mustRunThere({ entry, location }: Placed, entries: ReadonlyMap<string, unknown>): void {
  if (entry.mode !== 0o755) return;
  const interpreter = interpreterOf(entry.data);
  if (interpreter === undefined || interpreter === '/bin/sh' || entries.has(interpreter.replace(/^\//, ''))) return;
  const isScript = entry.data[0] === 35;
  const what = isScript
    ? `asks for ${interpreter}, which guests do not have`
    : `is linked dynamically, to ${interpreter}, which guests do not have`;
  const hint = isScript
    ? 'guests have /bin/sh with the programs of klibc; put the interpreter there with "files", linked static'
    : 'link it static (-static), or let it be compiled: programs: {NAME: {c: FILE.c}}';
  throw new UserError(`/${entry.path} ${what}`, { code: 'QB-GUEST-FILE', hint, ...defined({ location }) });
}

/**
 * Everything that guests of a target get beside the usual: programs are compiled, files read.
 *
 * @param scripts files of suites, which are run
 * @throws UserError for a file that is not there, cannot be used in a guest or does not compile, HostError
 */
export async function guestEntries(
  contents: GuestContents | undefined,
  scripts: readonly PlacedFile[],
  target: BootTarget,
  context: Context,
): Promise<ArchiveEntry[]> {
  const all: Placed[] = [];
  if (contents?.modules !== undefined) all.push(...(await moduleTools(target, context)));
  for (const program of Object.values(contents?.programs ?? {})) {
    const data = await compileProgram(program, target, context);
    const entry = { type: 'file', path: `bin/${program.name}`, data, mode: 0o755 } as const;
    all.push({ entry, location: program.location });
  }
  for (const file of contents?.files ?? []) all.push(...(await placed(file, false)));
  for (const script of scripts) all.push(...(await placed(script, true)));
  const entries = new Map(all.map((one) => [one.entry.path, one.entry] as const));
  for (const one of all) mustRunThere(one, entries);
  return [...entries.values()];
}

/**
 * Makes the image of a target's guests with all that a project gives them.
 *
 * @throws UserError as guestEntries does, HostError
 */
export async function contentsImage(
  request: {
    readonly target: BootTarget;
    readonly contents: GuestContents | undefined;
    /** Files of suites, which are run. */
    readonly scripts?: readonly PlacedFile[];
    /** What else the image has: modules of the kernel, programs of kselftest. */
    readonly extra?: readonly ArchiveEntry[];
  },
  context: Context,
): Promise<ImageResult> {
  const { target, contents, scripts = [], extra = [] } = request;
  const own = await guestEntries(contents, scripts, target, context);
  return await makeImage({ target, extraFiles: [...own, ...extra] }, context);
}
