import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../files/kind.ts';
import { withLock } from '../files/lock.ts';
import { readText } from '../files/read.ts';
import { ensureDirectory, writeFileAtomic } from '../files/write.ts';
import { runProcess } from '../process.ts';

/** How long lists of our own are taken for new. */
export const dayMs = 24 * 60 * 60 * 1000;

/** Where apt reads its lists: arguments for every apt call that uses them. */
export interface AptState {
  readonly options: readonly string[];
  /** Brings the lists up to date where this program may do that; resolves with what apt printed. */
  update(force: boolean): Promise<string>;
}

/** Set for every call: apt as root would warn about a directory that its unprivileged user can't enter. */
const common = ['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3'];

/** The machine's own lists, which are only read. */
export const systemState: AptState = { options: common, update: () => Promise.resolve('') };

/** What apt's choice among the machine's own lists depends on. */
const systemInputs = [
  '/var/lib/apt/lists',
  '/var/lib/dpkg/status',
  '/etc/apt/sources.list',
  '/etc/apt/sources.list.d',
  '/etc/apt/preferences',
  '/etc/apt/preferences.d',
  '/etc/apt/apt.conf.d',
];

/** Changes whenever the machine's own lists (or what chooses among them) do. */
export async function systemStamp(): Promise<string> {
  const times = systemInputs.map(async (name) =>
    stat(name).then(
      ({ mtimeMs, ino }) => `${mtimeMs} ${ino}`,
      () => '-',
    ),
  );
  return (await Promise.all(times)).join(', ');
}

/** The release with newer packages for this machine's own; undefined where it does not say which one it is. */
export async function backports(): Promise<string | undefined> {
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec((await readText('/etc/os-release')) ?? '')?.[1];
  return codename === undefined ? undefined : `${codename}-backports`;
}

/** Debian's name of the architecture of this machine. */
export async function nativeArchitecture(signal: AbortSignal): Promise<string> {
  const { stdout } = await runProcess({ argv: ['dpkg', '--print-architecture'], signal });
  return stdout.trim();
}

/** The archive that the machine takes its own release from, or Debian's. */
async function archiveUri(signal: AbortSignal): Promise<string> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const argv = ['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'] as const;
  const { stdout } = await runProcess({ argv: [...argv], signal });
  // Updates and security are archives, or parts of them, that only add to a release.
  const [uri] = /^\S+(?= [a-z]+ main$)/m.exec(stdout) ?? [];
  return uri ?? 'http://deb.debian.org/debian';
}

/**
 * A state of our own for one architecture: the machine's sources and keys, or one release of Debian's from the machine's
 * archive, but lists, status and cache below `cacheDirectory`, so that neither root nor `dpkg --add-architecture` is needed.
 */
export async function privateState(
  { architecture, release }: { readonly architecture: string; readonly release?: string },
  cacheDirectory: string,
  signal: AbortSignal,
): Promise<AptState> {
  const name = release === undefined ? architecture : `${architecture}-${release}`;
  const directory = path.join(cacheDirectory, 'apt', name);
  const lists = path.join(directory, 'lists');
  await ensureDirectory(path.join(lists, 'partial'));
  await ensureDirectory(path.join(directory, 'archives', 'partial'));
  const status = path.join(directory, 'status');
  if (!(await exists(status))) await writeFileAtomic(status, '');
  const sources = path.join(directory, 'sources.list');
  if (release !== undefined && !(await exists(sources))) {
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    const signed = (await exists(keys)) ? ` [signed-by=${keys}]` : '';
    await writeFileAtomic(sources, `deb${signed} ${await archiveUri(signal)} ${release} main\n`);
  }
  const configuration = path.join(directory, 'apt.conf');
  const text = configurationText(directory, architecture, release === undefined ? undefined : sources);
  if (!(await exists(configuration))) await writeFileAtomic(configuration, text);
  const options = ['-c', configuration, ...common];
  const stamp = path.join(directory, 'updated');

  const fresh = async (): Promise<boolean> =>
    (await ageMs(stamp)) < dayMs && (await readdir(lists)).some((name) => name.endsWith('InRelease'));

  return {
    options,
    async update(force) {
      if (!force && (await fresh())) return '';
      return withLock({ file: path.join(directory, 'update.lock'), signal, purpose: 'apt-get update' }, async () => {
        // Another process may have done it while this one waited.
        if ((await fresh()) && (!force || (await ageMs(stamp)) < 60_000)) return '';
        const result = await runProcess({ argv: ['apt-get', ...options, '-q', 'update'], signal });
        const output = result.stdout + result.stderr;
        // One unreachable third-party source must not make Debian's own lists count as old.
        const reached = /^(Get|Hit):/m.test(result.stdout);
        if (reached) await writeFileAtomic(stamp, '');
        return output;
      });
    },
  };
}

async function ageMs(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
}

/** Hooks of the machine (desktop caches, dpkg helpers) have no business in a private state. */
function configurationText(directory: string, architecture: string, sources?: string): string {
  const quoted = (name: string): string => `"${path.join(directory, name)}"`;
  return [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Post-Invoke;',
    '#clear DPkg::Pre-Install-Pkgs;',
    '#clear APT::Architectures;',
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    `Dir::State ${quoted('.')};`,
    `Dir::State::lists ${quoted('lists')};`,
    `Dir::State::status ${quoted('status')};`,
    `Dir::Cache ${quoted('.')};`,
    `Dir::Cache::archives ${quoted('archives')};`,
    'Dir::Cache::pkgcache "pkgcache.bin";',
    'Dir::Cache::srcpkgcache "srcpkgcache.bin";',
    'Acquire::Languages "none";',
    ...(sources === undefined ? [] : [`Dir::Etc::sourcelist "${sources}";`, 'Dir::Etc::sourceparts "/dev/null";']),
    '',
  ].join('\n');
}
