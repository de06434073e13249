import path from 'node:path';
import { copyHostile } from '../../host/files/hostile.ts';
import { readText } from '../../host/files/read.ts';
import { ensureDirectory, writeFileAtomic } from '../../host/files/write.ts';
import { runProcess } from '../../host/process.ts';
import { type BuiltModule, type Context, HostError, type Target } from '../../model/index.ts';
import { hostileProblem } from './make.ts';
import type { BuildRoom } from './room.ts';

/** Where in the build directory modules lie without their debug information, under numbers. */
const strippedDirectory = '.quiltboot/modules';
const listName = 'list';
const stripMs = 300_000;
/** Bytes of a module, and modules of a kernel, that are taken. */
const largest = 2 ** 26;
const most = 20_000;

/**
 * Lists the modules of the last make, one a line, each stripped to a file of its number. Trees before 5.3 put `kernel/` in
 * front of each, which is a directory of the tree as well. Old trees have no modules.order; they leave a file for each
 * module in a directory that modpost empties first.
 */
const script = [
  'cd "$1" && rm -rf "$2" && mkdir -p "$2" || exit 1',
  'if [ -f modules.order ]; then cat modules.order; else head -qn1 .tmp_versions/*.mod 2>/dev/null; fi |',
  "sed -e 's,\\.o$,.ko,' | grep '\\.ko$' | sort -u | { number=0",
  'while IFS= read -r file; do number=$((number + 1)); [ -f "./$file" ] || file=${file#kernel/}',
  '  "$3" --strip-debug -o "$2/$number.ko" "./$file" || exit 1; printf "%s\\n" "$file"; done; }',
].join('\n');

/** The modules that a build has kept in a directory; none where there is no list of them. */
export async function listModules(directory: string): Promise<BuiltModule[]> {
  const text = (await readText(path.join(directory, listName))) ?? '';
  const places = text.split('\n').filter(Boolean);
  return places.map((place, index) => ({ place, file: path.join(directory, `${index + 1}.ko`) }));
}

/**
 * Keeps the modules of a build, without what only debuggers read.
 *
 * @returns why they are not taken, where a build has left something else
 * @throws HostError when they cannot be stripped
 */
export async function keepModules(
  room: BuildRoom,
  target: Pick<Target, 'crossCompile'>,
  { from, to }: { readonly from: string; readonly to: string },
  { signal }: Context,
): Promise<string | undefined> {
  const words = ['/bin/sh', '-c', script, 'sh', room.places.directory, strippedDirectory] as const;
  const argv = await room.wrap([...words, `${target.crossCompile}strip`]);
  const { exitCode, stdout, stderr } = await runProcess({ argv, timeoutMs: stripMs, signal });
  // The sandbox has one stream for both.
  const said = `${stdout}${stderr}`.trim().split('\n').at(-1);
  if (exitCode !== 0) throw new HostError('cannot strip the modules of the kernel', { hint: said ?? '' });
  const places = stdout.split('\n').filter(Boolean);
  if (places.length > most) return `there are ${places.length} modules; at most ${most} are taken`;
  await ensureDirectory(to);
  return await hostileProblem(async () => {
    for (let number = 1; number <= places.length; number += 1) {
      const request = { root: from, file: `${strippedDirectory}/${number}.ko`, limit: largest };
      await copyHostile(request, path.join(to, `${number}.ko`));
    }
    await writeFileAtomic(path.join(to, listName), places.map((place) => `${place}\n`).join(''));
  });
}
