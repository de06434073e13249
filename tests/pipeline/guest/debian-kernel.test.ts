import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { debianKernel } from '../../../harness/pipeline/guest/debian-kernel.ts';
import { findBootTarget } from '../../../harness/targets/index.ts';
import { guestContext } from '../../support/kernels.ts';

const target = findBootTarget('x86_64');

/** Stands for apt-get: packages are the files of a directory. */
const apt = (packages: string): string => `#!/bin/sh
for word; do last=$word; done
name=\${last%%=*}
file=$(ls "${packages}" | grep "^\${name}_") || { echo "E: Unable to locate package $name" >&2; exit 100; }
case " $* " in
*" --print-uris "*) echo "'file:${packages}/$file' $file $(stat -c %s "${packages}/$file") SHA256:$(sha256sum < "${packages}/$file" | cut -d' ' -f1)" ;;
*) cp "${packages}/$file" . ;;
esac
`;

interface Archive {
  readonly cache: string;
  readonly add: (name: string, files: Readonly<Record<string, string>>, depends?: string) => Promise<void>;
}

async function archive(t: ExecutionContext): Promise<Archive> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'debian-kernel-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const packages = path.join(directory, 'packages');
  const bin = path.join(directory, 'bin');
  for (const one of [packages, bin]) await mkdir(one);
  await writeFile(path.join(bin, 'apt-get'), apt(packages));
  await chmod(path.join(bin, 'apt-get'), 0o755);
  process.env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
  return {
    cache: path.join(directory, 'cache'),
    add: async (name, files, depends) => {
      const root = await mkdtemp(path.join(directory, 'package-'));
      const asked = depends === undefined ? '' : `Depends: ${depends}\n`;
      const control = `Package: ${name}\nVersion: 6.1.99-1\nArchitecture: amd64\nMaintainer: Ann Author <ann@example.org>\n${asked}Description: a kernel\n`;
      for (const [file, text] of Object.entries({ 'DEBIAN/control': control, ...files })) {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true });
        await writeFile(path.join(root, file), text);
      }
      await chmod(root, 0o755);
      const output = path.join(packages, `${name}_6.1.99-1_amd64.deb`);
      execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '-b', root, output], { stdio: 'ignore' });
    },
  };
}

test.serial('a package that asks for a kernel leads to its image and its modules', async (t) => {
  const { cache, add } = await archive(t);
  await add('linux-image-toy', {}, 'linux-image-6.1.0-9-toy (= 6.1.99-1)');
  await add('linux-image-6.1.0-9-toy', {
    'boot/vmlinuz-6.1.0-9-toy': 'image',
    'boot/System.map-6.1.0-9-toy': 'ffffffffffffffff B The real System.map is in another package',
    'lib/modules/6.1.0-9-toy/kernel/fs/reel/reel-core.ko': 'one',
    'lib/modules/6.1.0-9-toy/kernel/fs/quilt.ko.xz': 'two',
  });
  const context = guestContext(cache, { cache: { ...guestContext(cache).cache, downloads: `${cache}/downloads` } });
  const kernel = await debianKernel('linux-image-toy', target, context);
  t.like(kernel, { kernelVersion: '6.1.99', from: 'linux-image-6.1.0-9-toy 6.1.99-1 amd64', systemMap: undefined });
  t.is(path.basename(kernel.image), 'vmlinuz-6.1.0-9-toy');
  t.deepEqual(kernel.modules?.map(({ place }) => path.basename(place)).sort(), ['quilt.ko.xz', 'reel-core.ko']);
  t.deepEqual(await debianKernel('linux-image-6.1.0-9-toy', target, context), kernel);
  const kept = (await readdir(context.cache.images)).filter((name) => name.startsWith('kernel-'));
  t.is(kept.length, 2, kept.join(' '));
});

test.serial('a package without a kernel, and one that there is not, are mistakes that are told', async (t) => {
  const { cache, add } = await archive(t);
  await add('hello', { 'usr/share/hello': 'hello' }, 'libc6');
  const context = guestContext(cache, { cache: { ...guestContext(cache).cache, downloads: `${cache}/downloads` } });
  const none = await t.throwsAsync(debianKernel('hello', target, context), { instanceOf: UserError });
  t.regex(none.message, /"hello" for amd64 has no kernel/);
  await t.throwsAsync(debianKernel('-hello', target, context), {
    instanceOf: UserError,
    message: /no name of a Debian/,
  });
});
