import { defined, UserError } from '../../model/index.ts';

/** A package of Debian's; its newest version where none is given. */
export interface PackageName {
  readonly name: string;
  readonly version?: string;
  /** The release that has it, where that is not one of the machine's package sources. */
  readonly release?: string;
}

/** Kernels, and packages that only depend on one. */
const kernelPackage = /^linux-image-/;

/** Reads `linux-image-amd64`, `linux-image-6.1.0-50-amd64=6.1.176-1` or `linux-image-amd64/trixie`. Throws UserError for anything else. */
export function parsePackage(word: string): PackageName {
  const [, name = '', version, release] =
    /^([a-z0-9][a-z0-9.+-]*)(?:=([0-9][\w.+~:-]*))?(?:\/([a-z][a-z0-9-]*))?$/.exec(word) ?? [];
  if (name !== '') return { name, ...defined({ version, release }) };
  throw new UserError(`"${word}" is no name of a Debian package`, {
    code: 'QB-USAGE',
    hint: 'for instance: --kernel debian:linux-image-amd64, with a version debian:linux-image-6.1.0-50-amd64=6.1.176-1, of a release debian:linux-image-amd64/trixie',
  });
}

/** The kernels in the dependencies of a package: `linux-image-6.1.0-50-amd64 (= 6.1.176-1)`. */
export function kernelsIn(depends: string): PackageName[] {
  return depends.split(/[,|]/).flatMap((one) => {
    const [, name = '', version] = /^\s*([a-z0-9][a-z0-9.+-]*)(?:\s*\(=\s*([^)\s]+)\))?/.exec(one) ?? [];
    if (!kernelPackage.test(name)) return [];
    return [version === undefined ? { name } : { name, version }];
  });
}

/** `6.1.176` of `6.1.176-1`. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}
