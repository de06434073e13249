import { stripPrefix } from '../../guest/log/index.ts';
import { type Guest, GuestGone, type LoadedModule } from '../../model/index.ts';
import { isMark, markLog } from './settle.ts';

/** What initialising a module or taking it out may take, in milliseconds on a machine of usual speed. */
const moduleMs = 60_000;
/** Lines of the kernel that are quoted in a sentence. */
const mostQuoted = 3;

/** A kernel that comes up and does not take one of its modules. */
export class ModuleFault extends GuestGone {
  constructor(message: string) {
    super('crash', message);
    this.name = 'ModuleFault';
  }
}

/** What the kernel has said since a line of its log, as one sentence; undefined where it has said nothing. */
async function saidSince(guest: Guest, from: number): Promise<string | undefined> {
  await markLog(guest);
  const lines = guest.log(from).filter((line) => !isMark(line));
  const said = lines.map((line) => stripPrefix(line).text.trim()).filter(Boolean);
  return said.length === 0 ? undefined : said.slice(-mostQuoted).join('; ');
}

/**
 * Loads modules one after the other.
 *
 * @throws ModuleFault with what the kernel says of the first that does not load, GuestGone where the kernel does not survive
 */
export async function loadModules(guest: Guest, modules: readonly LoadedModule[]): Promise<void> {
  for (const { name, file, parameters } of modules) {
    if (file === undefined) throw new ModuleFault(`the kernel has no module ${name}, which an earlier point has`);
    const from = guest.logLength();
    const argv = ['/bin/insmod', file, ...parameters] as const;
    const { status, stderr, timedOut } = await guest.run({ argv, timeoutMs: moduleMs }).catch((error: unknown) => {
      if (!(error instanceof GuestGone) || error.ending === 'host') throw error;
      throw new GuestGone(error.ending, `while it loads the module ${name}: ${error.message}`);
    });
    if (timedOut) throw new ModuleFault(`the module ${name} does not load within ${moduleMs / 1000} s`);
    if (status === 0) continue;
    const reason = [stderr.trim(), await saidSince(guest, from)].filter(Boolean).join('; ');
    throw new ModuleFault(`the module ${name} does not load: ${reason}`);
  }
}

interface Listed {
  /** References that are not those of other modules are among them; `-` where the kernel can unload nothing. */
  readonly references: string;
  readonly users: readonly string[];
}

/** The modules that a kernel has, by their names. */
export function readLoaded(text: string): Map<string, Listed> {
  const rows = text.split('\n').map((line) => line.split(' '));
  return new Map(
    rows.flatMap(([name = '', , references = '-', users = '-']) => {
      const list = users === '-' ? [] : users.split(',').filter(Boolean);
      return name === '' ? [] : [[name, { references, users: list }] as const];
    }),
  );
}

function reasonOf({ references, users }: Listed, said: string): string {
  if (users.includes('[permanent]')) {
    return 'it has no exit function; "unload: false" in the project file lets it stay';
  }
  const others = users.length === 0 ? '' : `, by ${users.join(', ')}`;
  return Number(references) > 0
    ? `it has ${references} ${references === '1' ? 'reference' : 'references'}${others} (${said})`
    : said;
}

/**
 * Takes modules out again, the last one first, and looks whether they have gone. Resolves with a sentence for each that
 * stays though it should not. A guest that is gone, or goes meanwhile, is left to whoever judges that.
 */
export async function unloadModules(guest: Guest, modules: readonly LoadedModule[]): Promise<string[]> {
  const left: string[] = [];
  try {
    for (const { name, stays } of [...modules].reverse()) {
      const loaded = readLoaded(await guest.read('/proc/modules'));
      const found = loaded.get(name);
      if (stays || !found) continue;
      // What a module needs that is allowed to stay has to stay as well.
      const allowed = modules.filter((one) => one.stays).map((one) => one.name);
      if (found.users.some((user) => allowed.includes(user))) continue;
      const { status, stderr, timedOut } = await guest.run({ argv: ['/bin/rmmod', name], timeoutMs: moduleMs });
      if (timedOut) left.push(`the module ${name} is not unloaded within ${moduleMs / 1000} s`);
      else if (status !== 0) left.push(`the module ${name} cannot be unloaded: ${reasonOf(found, stderr.trim())}`);
      else if (readLoaded(await guest.read('/proc/modules')).has(name)) {
        left.push(`the module ${name} is still there after it was unloaded`);
      }
    }
  } catch (error) {
    if (!(error instanceof GuestGone)) throw error;
  }
  return left;
}
