import test from 'ava';
import { emptyPlace, latestRun, placeIn } from '../support/program.ts';

test('a kernel image that QEMU cannot load is a failure of the kernel, seen at once', async (t) => {
  const own = await emptyPlace(t);
  // The cache of all tests has the image of the agent.
  const place = placeIn(own.directory, { NO_COLOR: '1' });
  // Another one each time: the result of an earlier test would come from the store.
  await own.write('image', `${'no kernel at all '.repeat(512)}${Date.now()}\n`);
  const { code, out, err } = await place.run('boot', '--kernel', 'image', '--target', 'x86_64');
  t.is(code, 1, err);
  t.regex(out, /FAIL in boot, blame: kernel/);
  t.regex(out, /QEMU cannot load the kernel: .*kernel/);
  t.notRegex(err, /once more/);
  t.is((await latestRun(own)).cells[0]?.outcome, 'fail');
});
