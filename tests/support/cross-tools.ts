import path from 'node:path';
import { targets } from '../../harness/targets/index.ts';
import { fakeCommand, pathWithout } from './path-without.ts';
import { type Place, placeIn } from './program.ts';

/** Names of the binutils that the miniature tree's make calls. */
const binutils = ['ld', 'ar', 'nm', 'objcopy'];

/**
 * A place whose machine has cross compilers for some targets and for no other one: each calls the machine's own compiler,
 * with flags that play the differences.
 *
 * @param flags by the target's name
 */
export async function withCrossTools(place: Place, flags: Readonly<Record<string, string>>): Promise<Place> {
  const real = targets.flatMap(({ crossPrefix }) => ['gcc', 'ld'].map((tool) => `${crossPrefix}${tool}`));
  const bin = await pathWithout(path.join(place.directory, 'tools'), real);
  for (const [name, words] of Object.entries(flags)) {
    const prefix = targets.find((target) => target.name === name)?.crossPrefix ?? '';
    await fakeCommand(bin, `${prefix}gcc`, `exec gcc ${words} "$@"`);
    for (const tool of binutils) await fakeCommand(bin, `${prefix}${tool}`, `exec ${tool} "$@"`);
  }
  return placeIn(place.directory, { ...place.env, PATH: bin });
}

/** Gives the miniature tree of a place one more architecture. */
export async function addArchitecture(place: Place, arch: string): Promise<void> {
  await place.write(`linux/arch/${arch}/Kconfig`, 'config RELAY\n\tbool "Relays"\n');
  await place.write(`linux/arch/${arch}/include/asm/page.h`, '#define PAGE_SIZE 4096\n');
}
