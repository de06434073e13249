import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { create } from 'tar';
import { readStoreKeys } from '../../../harness/host/shared/keys.ts';
import { openSharedStore } from '../../../harness/host/shared/store.ts';
import { type SharedStore, UserError } from '../../../harness/model/index.ts';
import { keyFile, storeKeyPair } from '../../support/store-keys.ts';
import { fileServer } from '../../support/web-server.ts';

const key = 'ab'.repeat(32);
const name = { kind: 'build', key };

interface Scene {
  readonly at: (file: string) => string;
  readonly said: string[];
  /** The store as somebody with a file of keys has it. */
  readonly open: (keys: string, place?: string) => Promise<SharedStore>;
  /** What the store has of an entry, in a new directory. */
  readonly taken: (
    store: SharedStore,
  ) => Promise<{ readonly by: string | undefined; readonly files: readonly string[] }>;
  readonly file: (part: string) => string;
}

async function scene(t: ExecutionContext): Promise<Scene> {
  const directory = await mkdtemp(path.join(tmpdir(), 'quiltboot-shared-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const at = (file: string): string => path.join(directory, file);
  await mkdir(at('made/deep'), { recursive: true });
  await writeFile(at('made/result.json'), '{"a":1}\n');
  await writeFile(at('made/deep/image'), 'kernel');
  const said: string[] = [];
  const { signal } = new AbortController();
  let count = 0;
  return {
    at,
    said,
    open: async (keys, place = at('store')) =>
      openSharedStore({ place, keys: await readStoreKeys(keys), say: (text) => said.push(text), signal }),
    async taken(store) {
      count += 1;
      const to = at(`taken-${count}`);
      await mkdir(to);
      const by = await store.take(name, to);
      return { by, files: (await readdir(to, { recursive: true })).sort() };
    },
    file: (part) => at(`store/${part}/build/${key}`),
  };
}

test('an entry is what was given, by whoever signed it, and the first one counts', async (t) => {
  const { at, open, taken, said } = await scene(t);
  const { secret, shown } = storeKeyPair();
  const writer = await open(await keyFile(at('writer.pem'), secret));
  const reader = await open(await keyFile(at('reader.pem'), shown));
  t.true(writer.writable);
  t.false(reader.writable);
  t.deepEqual(await taken(reader), { by: undefined, files: [] }, 'there is nothing yet');
  t.false(await reader.give(name, at('made')), 'nobody gives without a key');
  t.true(await writer.give(name, at('made')));
  const { by, files } = await taken(reader);
  t.regex(by ?? '', /^[0-9a-f]{16}$/);
  t.deepEqual(files, ['deep', 'deep/image', 'result.json']);

  await writeFile(at('made/result.json'), 'another\n');
  t.true(await writer.give(name, at('made')), 'one is there');
  await taken(reader);
  t.is(await readFile(at('taken-3/result.json'), 'utf8'), '{"a":1}\n');
  t.deepEqual(said, []);
});

test('results of patches that nobody vouches for do not get into the trusted part', async (t) => {
  const { at, open, taken, file, said } = await scene(t);
  const store = await open(await keyFile(at('key.pem'), storeKeyPair().secret));
  await store.give(name, at('made'));
  t.is((await taken(store.trusted())).by, undefined);
  // Whoever moves the file does not make it trusted.
  await mkdir(path.dirname(file('trusted')), { recursive: true });
  await rename(file('untrusted'), file('trusted'));
  t.is((await taken(store.trusted())).by, undefined);
  t.regex(said.join('\n'), /trusted\/build\/abab.* is refused: the signature of [0-9a-f]{16} is not good/);
  await rm(file('trusted'));
  await store.trusted().give(name, at('made'));
  t.truthy((await taken(store)).by, 'what is trusted is so for everybody');
});

test('what is not as its signature says is refused with a sentence', async (t) => {
  const { at, open, taken, file, said } = await scene(t);
  const [own, stranger] = [storeKeyPair(), storeKeyPair()];
  const store = await open(await keyFile(at('own.pem'), own.secret));
  const refused = async (why: RegExp): Promise<void> => {
    said.length = 0;
    t.deepEqual(await taken(store), { by: undefined, files: [] }, String(why));
    t.regex(said.join('\n'), why);
  };
  await store.give(name, at('made'));
  const good = await readFile(file('untrusted'));
  const damaged = Buffer.from(good);
  damaged[good.length - 2000] = 0x41;
  await writeFile(file('untrusted'), damaged);
  await refused(/untrusted\/build\/abab\S+ of the store \S+ is refused: its content has another hash than it says/);
  await writeFile(file('untrusted'), good.subarray(0, good.length - 512));
  await refused(/another hash than it says/);
  await writeFile(file('untrusted'), 'never an entry\n');
  await refused(/does not begin as an entry/);
  // The entry of another name, in place of this one.
  const other = { kind: 'build', key: 'cd'.repeat(32) };
  await store.give(other, at('made'));
  await cp(at(`store/untrusted/build/${other.key}`), file('untrusted'));
  await refused(/the signature of [0-9a-f]{16} is not good/);
  await rm(file('untrusted'));
  await (await open(await keyFile(at('stranger.pem'), stranger.secret))).give(name, at('made'));
  await refused(/it was signed by [0-9a-f]{16}, whose key is not among ours/);
});

test('no path leads out of the store, nor out of an entry', async (t) => {
  const { at, open, taken, file, said } = await scene(t);
  const { secret } = storeKeyPair();
  const store = await open(await keyFile(at('key.pem'), secret));
  await store.give(name, at('made'));
  await rename(file('untrusted'), at('elsewhere'));
  await symlink(at('elsewhere'), file('untrusted'));
  t.is((await taken(store)).by, undefined);
  t.regex(said.join('\n'), /is refused: .*is a link/);
  await rm(at('store'), { recursive: true });
  await mkdir(at('outside'));
  await mkdir(at('store'));
  await symlink(at('outside'), at('store/untrusted'));
  t.false(await store.give(name, at('made')));
  t.deepEqual(await readdir(at('outside')), []);
  t.regex(said.join('\n'), /leads out of the store/);
  await t.throwsAsync(store.take({ kind: '..', key }, at('made')), { message: /no name of an entry/ });

  // Signed by a key of ours, and still not unpacked elsewhere.
  for (const [what, words] of [
    ['a link', { type: 'link' }],
    ['a path', { type: 'path' }],
  ] as const) {
    const { packed } = await strangeEntry(at, words.type, secret);
    await rm(at('store'), { recursive: true });
    await mkdir(path.dirname(file('untrusted')), { recursive: true });
    await cp(packed, file('untrusted'));
    said.length = 0;
    const fresh = await open(at('key.pem'));
    t.deepEqual(await taken(fresh), { by: undefined, files: [] }, what);
    t.regex(said.join('\n'), /which is no file inside of it/, what);
  }
});

/** An entry with a good signature whose archive has a link, or a path with `..` in it. */
async function strangeEntry(
  at: Scene['at'],
  type: 'link' | 'path',
  secret: string,
): Promise<{ readonly packed: string }> {
  const { createHash, createPrivateKey, createPublicKey, sign } = await import('node:crypto');
  const from = at(`strange-${type}`);
  await mkdir(from);
  if (type === 'link') await symlink('/etc', path.join(from, 'out'));
  else await writeFile(path.join(from, 'out'), 'x');
  const content = at(`${type}.tar`);
  const prefix = type === 'path' ? { prefix: '../..' } : {};
  await create({ cwd: from, file: content, portable: true, preservePaths: true, ...prefix }, ['out']);
  const bytes = await readFile(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const der = createPublicKey(secret).export({ type: 'spki', format: 'der' });
  const by = createHash('sha256').update(der).digest('hex').slice(0, 16);
  const statement = JSON.stringify(['quiltboot store', 1, 'untrusted', 'build', key, sha256, bytes.length]);
  const signature = sign(null, Buffer.from(statement), createPrivateKey(secret)).toString('base64');
  const packed = at(`${type}.entry`);
  const head = JSON.stringify({ quiltboot: 1, sha256, bytes: bytes.length, by, signature });
  await writeFile(packed, Buffer.concat([Buffer.from(`${head}\n`), bytes]));
  return { packed };
}

test('a web server that only reads is enough for readers; one that takes PUT for all', async (t) => {
  const { at, open, taken, said } = await scene(t);
  const keys = await keyFile(at('key.pem'), storeKeyPair().secret);
  await mkdir(at('served'));
  const dav = await fileServer(t, at('served'), { writable: true });
  const writer = await open(keys, dav.url);
  t.is((await taken(writer)).by, undefined);
  t.true(await writer.give(name, at('made')));
  t.true(await writer.give(name, at('made')));
  t.is(dav.requests.filter((one) => one.startsWith('PUT')).length, 1, 'what is there is not sent again');
  t.truthy((await taken(writer)).by);
  t.deepEqual(said, []);

  const plain = await fileServer(t, at('served'), { writable: false });
  const reader = await open(keys, plain.url);
  t.truthy((await taken(reader)).by);
  t.false(await reader.give({ ...name, kind: 'boot' }, at('made')));
  t.regex(said.join('\n'), /is not used any further: .*the server answers 405/);
});

test('a server that redirects elsewhere, and one that is gone', async (t) => {
  const { at, open, taken, said } = await scene(t);
  const keys = await keyFile(at('key.pem'), storeKeyPair().secret);
  const server = createServer((_request, response) => response.writeHead(302, { location: 'http://elsewhere/' }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.is((await taken(await open(keys, place))).by, undefined);
  t.regex(said.join('\n'), /is refused: .*leads out of the store: the server redirects/);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  said.length = 0;
  const gone = await open(keys, place);
  t.is((await taken(gone)).by, undefined);
  t.is((await taken(gone)).by, undefined);
  t.is(said.length, 1, 'it is said once');
  t.regex(said[0] ?? '', /is not used any further/);
});

test('keys and addresses that cannot be used are the user’s mistakes', async (t) => {
  const { at, open } = await scene(t);
  const { secret } = storeKeyPair();
  const wrong = async (file: string, message: RegExp, place?: string): Promise<void> => {
    const error = await t.throwsAsync(open(file, place), { instanceOf: UserError, message });
    t.truthy(error.hint ?? message);
  };
  await wrong(at('missing.pem'), /missing\.pem/);
  await wrong(await keyFile(at('empty.pem'), 'no key\n'), /has no key/);
  await wrong(await keyFile(at('bad.pem'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'), /Ed25519/);
  const open644 = await keyFile(at('open.pem'), secret);
  await chmod(open644, 0o644);
  await wrong(open644, /others may read/);
  await wrong(await keyFile(at('good.pem'), secret), /no stores at s3:\/\/ addresses/, 's3://bucket/store');
});
