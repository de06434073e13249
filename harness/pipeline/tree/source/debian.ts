import path from 'node:path';
import { downloadDebianPackage, resolveDebianPackage, unpackDebianPackage } from '../../../host/fetch/apt.ts';
import { listFiles } from '../../../host/files/list.ts';
import { defined, UserError, warning } from '../../../model/index.ts';

import type { Resolve } from './source.ts';
import { unpackInto } from './unpack.ts';

/** A Debian package with kernel source. */
export const debian: Resolve<'debian'> = async (source, context) => {
  const { signal, cache } = context;
  const name = source.package;
  const options = { signal, cacheDirectory: cache.root, warn: warning(context) };
  const { release } = source;
  const wanted = { name, ...defined({ version: source.version, release }) };
  const { version, sha256 } = await resolveDebianPackage(wanted, options);
  return {
    identity: `debian ${name} ${version} ${sha256 ?? ''}`,
    resolved: `${name} ${version}`,
    async bring(place) {
      const onProgress = (fraction: number): void =>
        context.emit({ type: 'stage-progress', stage: 'fetch', text: `downloading ${name} ${version}`, fraction });
      const directory = path.join(cache.downloads, 'debian');
      const { file } = await downloadDebianPackage(
        { name, version, ...defined({ release }), directory },
        { ...options, onProgress },
      );
      const unpacked = path.join(place.scratch, 'package');
      await unpackDebianPackage(file, unpacked, { signal });
      const inside = (await listFiles(path.join(unpacked, 'usr', 'src'))).filter((entry) =>
        /\.tar(\.\w+)?$/.test(entry),
      );
      const [tarball] = inside;
      if (tarball !== undefined && inside.length === 1) return unpackInto(place, tarball, context);
      throw new UserError(`the Debian package ${name} holds ${inside.length} tarballs in /usr/src, expected one`, {
        code: 'QB-REVISION',
        hint: 'name a package with kernel source, for instance linux-source-6.1',
      });
    },
  };
};
