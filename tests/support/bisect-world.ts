/** A series on the miniature kernel to be bisected, and what the bisection stored. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { BisectResult } from '../../harness/model/index.ts';
import { fakeProject, mail, type Place, withFakeQemu } from './program.ts';

const comment = '/* The last object that is linked: what stands here happens at the end. */';

/** A series in which each patch puts one line in front of the last line of a file. */
export function growing(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line, index) => {
      const diff = [
        'diff --git a/kernel/late.c b/kernel/late.c',
        '--- a/kernel/late.c',
        '+++ b/kernel/late.c',
        `@@ -${3 + index},2 +${3 + index},3 @@`,
        ` ${index === 0 ? comment : (lines[index - 1] ?? '')}`,
        `+${line}`,
        ' say("agent");',
        '',
      ];
      return [`p${index + 1}.patch`, mail(`change ${index + 1}`, diff.join('\n'))];
    }),
  );
}

export const harmless = (count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => `say("log change ${first + index}");`);
export const panic = 'say("panic VFS: the eleventh patch");';

export interface World {
  readonly place: Place;
  readonly state: string;
}

export async function world(t: ExecutionContext, lines: readonly string[]): Promise<World> {
  t.timeout(300_000);
  return withFakeQemu(t, await fakeProject(t, growing(lines)));
}

export async function stored(place: Place): Promise<BisectResult> {
  const file = path.join(place.directory, '.quiltboot/bisect/latest/bisect.json');
  return JSON.parse(await readFile(file, 'utf8')) as BisectResult;
}

export function signs({ path: looked }: BisectResult): string[] {
  return looked.map(({ point, sign }) => `${point.label.replace(/^point (\d+) .*$/, '$1')} ${sign}`);
}
