/** The header that patch 7 of the series lacked in 2007, on the real kernel. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { realProject, wholeQueue, writeQueue } from '../support/broken-series.ts';

test.serial('the header that a patch forgot is found and put in, on the real kernel', async (t) => {
  const names = (await readFile(path.join(wholeQueue, 'series'), 'utf8')).trim().split('\n');
  const seventh = names.indexOf('container-release-agent.patch');
  const lacking = names[seventh] ?? '';
  const place = await realProject(t, names.slice(0, seventh + 1));
  const patch = await readFile(path.join(wholeQueue, lacking), 'utf8');
  const without = patch
    .replace('+#include <linux/kmod.h>\n', '')
    .replace(
      /(\+\+\+ b\/kernel\/container\/release\.c\n@@ -0,0 \+1,)(\d+)/,
      (_, front: string, lines: string) => `${front}${Number(lines) - 1}`,
    );
  t.not(without, patch);
  await writeQueue(place, names.slice(0, seventh), new Map([[lacking, without]]));

  const words = ['build', '--points', 'final', '--target', 's390x'];
  const broken = await place.run(...words, '--fix');
  t.is(broken.code, 1, broken.err);
  t.regex(broken.out, /release\.c:\d+:\d+: implicit declaration of function 'call_usermodehelper'/);
  t.regex(broken.out, /call_usermodehelper is declared at include\/linux\/umh\.h:\d+/);
  t.regex(broken.out, /^fixed \(built points 6, 7 on s390x/m);
  const mended = await place.run(...words);
  t.is(mended.code, 0, mended.out + mended.err);
});
