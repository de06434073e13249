import { knownSum } from '../../../host/fetch/download.ts';
import { HostError } from '../../../model/index.ts';
import { obtain } from '../files.ts';

import type { Resolve } from './source.ts';
import { unpackInto } from './unpack.ts';

/** A tarball, from this machine or a mirror. */
export const tarball: Resolve<'tarball'> = async ({ file }, context) => {
  const [url = ''] = file.urls;
  const sha256 = (await knownSum(file, context.cache.downloads)) ?? (await obtain(file, context)).sha256;
  return {
    identity: `tarball ${sha256}`,
    resolved: `${url} sha256 ${sha256}`,
    async bring(place) {
      const obtained = await obtain(file, context);
      if (obtained.sha256 !== sha256)
        throw new HostError(`${url} changed while it was read`, { code: 'QB-DOWNLOAD', retryable: true });
      return unpackInto(place, obtained.file, context);
    },
  };
};
