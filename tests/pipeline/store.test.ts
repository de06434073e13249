import { randomBytes } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import test from 'ava';
import { execa } from 'execa';
import { createRepository, runGit } from '../../harness/host/git/git.ts';
import { storeDirectory } from '../../harness/host/git/store.ts';
import { HostError, InterruptedError } from '../../harness/model/index.ts';
import { miniatureKernel, workshop } from '../support/trees.ts';

test('git agrees with every byte of a pack and an index that were written without it', async (t) => {
  const shop = await workshop(t);
  const worktree = await miniatureKernel(shop);
  await shop.write('linux-6.1/empty', '');
  await shop.write('linux-6.1/copy-of-empty', '');
  await shop.write('linux-6.1/big', randomBytes(3_000_000));
  await shop.write(`linux-6.1/ä ö/${'long'.repeat(50)}/"quoted" name`, 'x');
  await shop.write('linux-6.1/kernel.d/file', 'sorts between kernel and kernel/');
  await shop.write('linux-6.1/kernel-x', 'x');
  for (let index = 0; index < 500; index++)
    await shop.write(`linux-6.1/many/${index % 7}/${index}`, `file ${index % 100}\n`);
  await symlink('nowhere', shop.at('linux-6.1/dangling'));
  await execa('mkdir', [shop.at('linux-6.1/nothing-in-it')]);

  const place = { repository: shop.at('store.git'), index: shop.at('index'), worktree };
  await createRepository(place.repository, shop.context.signal);
  const tree = await storeDirectory(place, shop.context.signal);

  const written = { ...place, index: shop.at('other-index'), repository: shop.at('other.git') };
  await createRepository(written.repository, shop.context.signal);
  await runGit(written, ['add', '--all', '--force', '.']);
  t.is(tree, (await runGit(written, ['write-tree'])).stdout.trim());
  t.is((await runGit(place, ['write-tree'])).stdout.trim(), tree);
  t.is(
    (await runGit(place, ['ls-files', '-s', '-z'])).stdout,
    (await runGit(written, ['ls-files', '-s', '-z'])).stdout,
  );

  const checked = await runGit(place, ['fsck', '--full', '--strict', '--no-dangling']);
  t.is(checked.exitCode, 0, checked.stderr);
  t.notRegex(checked.stdout + checked.stderr, /error|warning|missing|bad/i);
  const { stdout } = await execa('find', [place.repository, '-name', '*.pack']);
  t.is((await execa('git', ['verify-pack', stdout])).exitCode, 0);
  t.is((await runGit(place, ['count-objects'])).stdout, '0 objects, 0 kilobytes\n');
  // Not one file needs to be looked into: all times and sizes are the index's.
  t.is((await runGit(place, ['diff-files', '--name-only'])).stdout, '');
});

test('an interruption and an empty directory end it', async (t) => {
  const shop = await workshop(t);
  const place = { repository: shop.at('store.git'), index: shop.at('index'), worktree: shop.at('nothing') };
  await createRepository(place.repository, shop.context.signal);
  await execa('mkdir', [place.worktree]);
  await t.throwsAsync(storeDirectory(place, shop.context.signal), {
    instanceOf: HostError,
    message: /there is no file/,
  });
  const controller = new AbortController();
  const pending = storeDirectory({ ...place, worktree: await miniatureKernel(shop) }, controller.signal);
  controller.abort();
  await t.throwsAsync(pending, { instanceOf: InterruptedError });
});
