import { defined, type RemoteFile, type TreeSource } from '../model/index.ts';
import type { ProjectFile } from './schema.ts';

type TreeEntry = ProjectFile['trees'][string];
type RemoteEntry = NonNullable<TreeEntry['tarball']>;

/** The absolute path of a file that the project names. */
export type Absolute = (file: string) => string;

function urlOf(url: string, absolute: Absolute): string {
  return /^[a-z]+:/.test(url) ? url : absolute(url);
}

/** A file to download, or one of this machine. */
export function remoteOf(entry: RemoteEntry, absolute: Absolute): RemoteFile {
  if (typeof entry === 'string') return { urls: [urlOf(entry, absolute)] };
  const urls = entry.urls ?? (entry.url === undefined ? [] : [entry.url]);
  const { checksums } = entry;
  return {
    urls: urls.map((url) => urlOf(url, absolute)),
    ...defined({ sha256: entry.sha256 }),
    ...(checksums === undefined
      ? {}
      : {
          checksums: {
            urls: checksums.urls.map((url) => urlOf(url, absolute)),
            ...(checksums.keyring === undefined ? {} : { keyring: absolute(checksums.keyring) }),
            ...defined({ fingerprints: checksums.fingerprints }),
          },
        }),
  };
}

/** Where a tree comes from. */
export function sourceOf(entry: TreeEntry, absolute: Absolute): TreeSource {
  if (entry.debian !== undefined) {
    return {
      kind: 'debian',
      package: entry.debian,
      ...defined({ version: entry.version, release: entry.release }),
    };
  }
  if (entry.tarball !== undefined) return { kind: 'tarball', file: remoteOf(entry.tarball, absolute) };
  if (entry.git !== undefined) return { kind: 'git', url: gitUrl(entry.git.url, absolute), ref: entry.git.ref };
  return { kind: 'directory', path: absolute(entry.directory ?? '.') };
}

function gitUrl(url: string, absolute: Absolute): string {
  // host:path is git's short form for ssh.
  return /^([a-z+]+:\/\/|[^/]+:)/.test(url) ? url : absolute(url);
}
