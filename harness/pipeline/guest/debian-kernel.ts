import path from 'node:path';
import { kernelsIn, parsePackage, upstreamVersion } from '../../guest/image/debian-package.ts';
import { downloadDebianPackage, unpackDebianPackage } from '../../host/fetch/apt.ts';
import { exists } from '../../host/files/kind.ts';
import { listFiles } from '../../host/files/list.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { markUsed } from '../../host/files/usage.ts';
import { ensureDirectory, movePath } from '../../host/files/write.ts';
import { mustRun } from '../../host/process.ts';
import { type BootTarget, type Context, defined, UserError, warning } from '../../model/index.ts';
import { debianOf } from '../../targets/index.ts';
import { locked } from '../locked.ts';
import type { Kernel } from './kernel.ts';

/** What stands before the name of a package. */
export const debianPrefix = 'debian:';

/** A package that holds no kernel asks for one, which may ask for another. */
const mostSteps = 3;

/**
 * Takes the kernel out of a package of Debian's, with its modules, without installing it. What it depends on is followed to
 * the package that has the image.
 *
 * @param word what stands after `debian:`
 * @throws UserError for a package that there is not or that has no kernel, HostError
 */
export async function debianKernel(word: string, target: BootTarget, context: Context): Promise<Kernel> {
  let wanted = parsePackage(word);
  for (let step = 0; step < mostSteps; step += 1) {
    const { file, version } = await downloadDebianPackage(
      { ...debianOf(target), ...wanted, directory: context.cache.downloads },
      { signal: context.signal, cacheDirectory: context.cache.root, warn: warning(context) },
    );
    const found = await unpacked(file, version, target, context);
    if (found !== undefined) return found;
    const argv = ['dpkg-deb', '-f', file, 'Depends'] as const;
    const { stdout } = await mustRun({ argv: [...argv], signal: context.signal }, `reading ${path.basename(file)}`);
    const [next] = kernelsIn(stdout);
    if (next === undefined) break;
    wanted = { ...next, ...defined({ release: wanted.release }) };
  }
  throw new UserError(`the Debian package "${word}" for ${target.debianArch} has no kernel`, {
    code: 'QB-USAGE',
    hint: 'name one that has /boot/vmlinuz-VERSION, or one that depends on such a package, as linux-image-amd64 does',
  });
}

/** The kernel of a package's file; undefined where it has none. */
async function unpacked(
  file: string,
  version: string,
  target: BootTarget,
  context: Context,
): Promise<Kernel | undefined> {
  const directory = path.join(context.cache.images, `kernel-${path.basename(file, '.deb')}`);
  const words = { name: path.basename(directory), purpose: `unpacking ${path.basename(file)}` };
  await locked(context, words, async () => {
    if (await exists(directory)) {
      await markUsed(directory);
      return;
    }
    await withScratch({ purpose: 'kernel', parent: context.cache.images }, async (scratch) => {
      const whole = await ensureDirectory(path.join(scratch, 'whole'));
      await unpackDebianPackage(file, whole, { signal: context.signal });
      await movePath(whole, directory);
    });
  });
  const files = await listFiles(directory);
  const image = files.find((name) => /\/boot\/vmlinu[xz]-[^/]+$/.test(name));
  if (image === undefined) return undefined;
  return {
    image,
    target,
    kernelVersion: upstreamVersion(version),
    from: path.basename(file, '.deb').replaceAll('_', ' '),
    modules: files
      .filter((name) => /\.ko(?:\.[gx]z|\.zst)?$/.test(name))
      .map((name) => ({ place: path.relative(directory, name), file: name })),
  };
}
