import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { resolveDebianPackage } from '../../../harness/host/fetch/apt.ts';
import { UserError } from '../../../harness/model/index.ts';
import { needing } from '../../support/needing.ts';

/** Stands for apt-get: one release knows the package, the machine's own sources do not. */
const apt = (release: string): string => `#!/bin/sh
case "$*" in
*indextargets*) echo "http://mirror.example/debian/ bookworm-updates main"; echo "http://mirror.example/debian/ bookworm main"; exit 0 ;;
*update*) echo "Get:1 lists"; exit 0 ;;
*-${release}/apt.conf*) echo "'http://mirror.example/reel_6.12.9-1_all.deb' reel_6.12.9-1_all.deb 7 SHA256:${'ab'.repeat(32)}" ;;
*) echo "E: Unable to locate package reel" >&2; exit 100 ;;
esac
`;

interface World {
  readonly cache: string;
  readonly told: string[];
  readonly resolve: (request: { name: string; release?: string; architecture?: string }) => Promise<string>;
}

async function world(t: ExecutionContext, release: string): Promise<World> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-apt-'));
  const before = process.env['PATH'] ?? '';
  t.teardown(async () => {
    process.env['PATH'] = before;
    await rm(directory, { recursive: true, force: true });
  });
  const bin = path.join(directory, 'bin');
  await mkdir(bin);
  await writeFile(path.join(bin, 'apt-get'), apt(release));
  await chmod(path.join(bin, 'apt-get'), 0o755);
  process.env['PATH'] = `${bin}:${before}`;
  const cache = path.join(directory, 'cache');
  const told: string[] = [];
  const options = {
    signal: new AbortController().signal,
    cacheDirectory: cache,
    warn: (text: string) => told.push(text),
  };
  return { cache, told, resolve: async (request) => (await resolveDebianPackage(request, options)).version };
}

test.serial('a package of another release comes from the archive that the machine has its own from', async (t) => {
  const { cache, told, resolve } = await world(t, 'trixie');
  t.is(await resolve({ name: 'reel', release: 'trixie', architecture: 'riscv64' }), '6.12.9-1');
  t.regex(
    await readFile(path.join(cache, 'apt', 'riscv64-trixie', 'sources.list'), 'utf8'),
    /^deb (?:\[signed-by=\S+\] )?http:\/\/mirror\.example\/debian\/ trixie main$/m,
  );
  t.deepEqual(told, []);
  const error = await t.throwsAsync(resolve({ name: 'reel' }), { instanceOf: UserError });
  t.regex(error.message, /no Debian package reel in the package sources of this machine/);
  const other = await t.throwsAsync(resolve({ name: 'reel', release: 'forky' }), { instanceOf: UserError });
  t.regex(other.message, /^no Debian package reel \(forky\) in the release forky$/);
  t.regex(other.hint ?? '', /packages\.debian\.org\/forky\/reel/);
});

const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];

needing(
  'release that says its name',
  codename !== undefined,
  test.serial,
)('a package that only the backports have is taken from there, and that is said', async (t) => {
  const { told, resolve } = await world(t, `${codename ?? ''}-backports`);
  t.is(await resolve({ name: 'reel' }), '6.12.9-1');
  t.is(await resolve({ name: 'reel' }), '6.12.9-1');
  t.deepEqual(told, [`reel is not in the package sources of this machine: it comes from ${codename ?? ''}-backports`]);
});
