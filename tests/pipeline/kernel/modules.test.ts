import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { Context } from '../../../harness/model/index.ts';
import { keepModules, listModules } from '../../../harness/pipeline/kernel/modules.ts';
import type { BuildRoom } from '../../../harness/pipeline/kernel/room.ts';

/** A build directory with two modules, one of them in a directory of the name that old lists put in front of all. */
async function built(t: ExecutionContext): Promise<{ readonly from: string; readonly to: string }> {
  const place = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-modules-'));
  t.teardown(() => rm(place, { recursive: true, force: true }));
  const from = path.join(place, 'build');
  for (const directory of ['kernel', 'drivers/misc']) await mkdir(path.join(from, directory), { recursive: true });
  for (const name of ['kernel/reel', 'drivers/misc/quilt']) {
    const source = path.join(place, 'one.c');
    await writeFile(source, `int ${path.basename(name)}_turns;\n`);
    await execa('gcc', ['-g', '-c', source, '-o', path.join(from, `${name}.ko`)]);
  }
  return { from, to: path.join(place, 'kept') };
}

async function keep({ from, to }: { readonly from: string; readonly to: string }): Promise<string | undefined> {
  const room = { places: { directory: from }, wrap: (argv: unknown) => Promise.resolve(argv) } as unknown as BuildRoom;
  return await keepModules(room, { crossCompile: '' }, { from, to }, { signal: undefined } as unknown as Context);
}

const lists: Readonly<Record<string, string>> = {
  today: 'drivers/misc/quilt.ko\nkernel/reel.ko\n',
  'before 5.3, with its word in front of each': 'kernel/drivers/misc/quilt.ko\nkernel/kernel/reel.ko\n',
  'since 6.4, of objects': 'drivers/misc/quilt.o\nkernel/reel.o\n',
};
for (const [when, list] of Object.entries(lists)) {
  test(`modules are kept by the list that kbuild writes ${when}`, async (t) => {
    const places = await built(t);
    await writeFile(path.join(places.from, 'modules.order'), list);
    t.is(await keep(places), undefined);
    const modules = await listModules(places.to);
    t.deepEqual(
      modules.map(({ place }) => place),
      ['drivers/misc/quilt.ko', 'kernel/reel.ko'],
    );
    for (const { file } of modules) t.false((await readFile(file)).includes('.debug_info'), 'stripped');
  });
}

test('a module that is in the list and not there is told by its name', async (t) => {
  const places = await built(t);
  await writeFile(path.join(places.from, 'modules.order'), 'drivers/misc/lost.ko\n');
  const error = await t.throwsAsync(keep(places));
  t.regex(`${error.message} ${(error as { hint?: string }).hint ?? ''}`, /strip.*drivers\/misc\/lost\.ko/);
});
