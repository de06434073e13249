import path from 'node:path';
import { downloadDebianPackage, resolveDebianPackage, unpackDebianPackage } from '../../host/fetch/apt.ts';
import { unpackTarball } from '../../host/fetch/archive.ts';
import { knownSum } from '../../host/fetch/download.ts';
import { listFiles } from '../../host/files/list.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { userPath } from '../../host/files/user-path.ts';
import { movePath } from '../../host/files/write.ts';
import { mustGit } from '../../host/git/git.ts';
import {
  borrowObjects,
  commonDirectory,
  fetchCommit,
  resolveLocalRef,
  resolveRemoteRef,
} from '../../host/git/import.ts';
import { storeDirectory } from '../../host/git/store.ts';
import { type Context, defined, HostError, type RemoteFile, type TreeSource, UserError } from '../../model/index.ts';
import { isUrl } from '../../tree/override.ts';
import { snapshotDirectory } from './directory.ts';
import { obtain } from './files.ts';

/** A new repository that a source is brought into. */
interface SourcePlace {
  readonly repository: string;
  /** Scratch space on the same file system. */
  readonly scratch: string;
  /** Where an unpacked source stays, with its index, so that the first work tree need not be checked out. */
  readonly spare: { readonly directory: string; readonly index: string };
}

/** A source with everything that may move pinned down. */
export interface ResolvedSource {
  /** Equal for equal content. */
  readonly identity: string;
  /** For the record and for people. */
  readonly resolved: string;
  /** Stores the source in a repository and resolves with its git tree. */
  bring(place: SourcePlace): Promise<string>;
}

/** Pins a source down: which version, commit or content it is now. Downloads only what it can't tell otherwise. */
export async function resolveSource(source: TreeSource, context: Context): Promise<ResolvedSource> {
  switch (source.kind) {
    case 'debian':
      return resolveDebian(source, context);
    case 'tarball':
      return resolveTarball(source.file, context);
    case 'git':
      return resolveGit(source, context);
    case 'directory':
      return resolveDirectory(source.path, context);
  }
}

async function resolveDebian(
  source: Extract<TreeSource, { kind: 'debian' }>,
  context: Context,
): Promise<ResolvedSource> {
  const { signal, cache } = context;
  const name = source.package;
  const options = { signal, cacheDirectory: cache.root };
  const wanted = { name, ...defined({ version: source.version }) };
  const { version, sha256 } = await resolveDebianPackage(wanted, options);
  return {
    identity: `debian ${name} ${version} ${sha256 ?? ''}`,
    resolved: `${name} ${version}`,
    async bring(place) {
      const onProgress = (fraction: number): void =>
        context.emit({ type: 'stage-progress', stage: 'fetch', text: `downloading ${name} ${version}`, fraction });
      const directory = path.join(cache.downloads, 'debian');
      const { file } = await downloadDebianPackage({ name, version, directory }, { ...options, onProgress });
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
}

async function resolveTarball(file: RemoteFile, context: Context): Promise<ResolvedSource> {
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
}

async function unpackInto(place: SourcePlace, tarball: string, context: Context): Promise<string> {
  const { signal, emit } = context;
  const text = `unpacking ${path.basename(tarball)}`;
  const say = (more: string): void => emit({ type: 'stage-progress', stage: 'fetch', text: `${text}${more}` });
  say('');
  const options = { signal, onProgress: (bytes: number) => say(`: ${Math.round(bytes / 2 ** 20)} MiB`) };
  const top = await unpackTarball(tarball, path.join(place.scratch, 'unpacked'), options);
  await movePath(top, place.spare.directory);
  emit({ type: 'stage-progress', stage: 'fetch', text: 'storing the source in git' });
  const stored = { repository: place.repository, worktree: place.spare.directory, index: place.spare.index };
  return storeDirectory(stored, signal);
}

async function resolveGit(source: Extract<TreeSource, { kind: 'git' }>, context: Context): Promise<ResolvedSource> {
  const { signal } = context;
  const { url, ref } = source;
  const local = !isUrl(url) || url.startsWith('file:');
  const repository = url.startsWith('file:') ? new URL(url).pathname : url;
  if (local) await userPath('directory', { path: repository, what: 'git repository' });
  const commit = local
    ? await resolveLocalRef(repository, ref, signal)
    : await withScratch({ purpose: 'ref' }, (scratch) => resolveRemoteRef(scratch, url, ref, signal));
  const borrowed = source.borrow && local ? await commonDirectory(repository, signal) : undefined;
  const fetch = async (place: SourcePlace): Promise<void> => {
    const emit = (text: string, fraction?: number): void =>
      context.emit({
        type: 'stage-progress',
        stage: 'fetch',
        text,
        ...defined({ fraction }),
      });
    const onLine = (line: string): void => {
      const [, what, percent] = /(?:remote: )?(\w+ objects): +(\d+)%[^\r]*$/.exec(line) ?? [];
      if (what !== undefined) emit(`fetching ${ref}: ${what.toLowerCase()}`, Number(percent) / 100);
    };
    emit(`fetching ${ref} from ${url}`);
    await fetchCommit(place.repository, { url: local ? repository : url, local }, commit, { signal, onLine });
  };
  return {
    // What is borrowed goes away with its repository.
    identity: borrowed === undefined ? `git ${commit}` : `git ${commit} in ${borrowed}`,
    resolved: `${url}#${ref} ${commit}`,
    async bring(place) {
      if (borrowed === undefined) await fetch(place);
      else await borrowObjects(place.repository, borrowed);
      const tree = ['rev-parse', '--verify', `${commit}^{tree}`];
      return (await mustGit(place, tree, `reading the commit ${commit}`, { signal })).trim();
    },
  };
}

async function resolveDirectory(directory: string, context: Context): Promise<ResolvedSource> {
  await userPath('directory', { path: directory, what: 'directory' });
  const { emit } = context;
  emit({ type: 'stage-progress', stage: 'fetch', text: `reading ${directory}` });
  const snapshot = await snapshotDirectory(directory, context);
  return {
    identity: `tree ${snapshot.tree}`,
    resolved: `${directory} tree ${snapshot.tree}`,
    async bring(place) {
      await borrowObjects(place.repository, snapshot.repository);
      return snapshot.tree;
    },
  };
}
