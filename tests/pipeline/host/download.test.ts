import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { obtainFile } from '../../../harness/host/fetch/download.ts';
import { HostError, InterruptedError, type RemoteFile, UserError } from '../../../harness/model/index.ts';
import { obtain } from '../../../harness/pipeline/tree/files.ts';
import { needing } from '../../support/needing.ts';
import { type Workshop, workshop } from '../../support/trees.ts';
import { breakAfter, serve, webServer } from '../../support/web-server.ts';

const withGpg = needing('gpg', (await execa('gpg', ['--version'], { reject: false })).exitCode === 0);
const bytes = randomBytes(300_000);
const sum = createHash('sha256').update(bytes).digest('hex');

function get(shop: Workshop, file: RemoteFile): ReturnType<typeof obtainFile> {
  const { signal, cache } = shop.context;
  return obtainFile(file, { signal, downloads: cache.downloads, retryDelayMs: 1 });
}

test('a download is verified, kept, and not asked for again', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, { '/linux.tar': serve(bytes) });
  const file = { urls: [`${server.url}/linux.tar`], sha256: sum.toUpperCase() };
  const first = await get(shop, file);
  t.deepEqual(await readFile(first.file), bytes);
  t.like(first, { sha256: sum, verified: true });
  t.is(path.basename(first.file), 'linux.tar');
  t.deepEqual(await get(shop, file), first);
  t.deepEqual(server.requests, ['GET /linux.tar']);
});

test('a broken connection goes on where it broke', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, {
    '/linux.tar': (request, response, count) =>
      (count === 0 ? breakAfter(bytes, 100_000) : serve(bytes))(request, response, count),
  });
  const got = await get(shop, { urls: [`${server.url}/linux.tar`], sha256: sum });
  t.deepEqual(await readFile(got.file), bytes);
  t.is(server.requests.length, 2);
  t.regex(server.requests[1] ?? '', /^GET \/linux\.tar bytes=[1-9]\d*-$/);
});

test('a file that changed between two tries is taken from its beginning', async (t) => {
  const shop = await workshop(t);
  const other = randomBytes(300_000);
  const server = await webServer(t, {
    '/linux.tar': (request, response, count) =>
      (count === 0 ? breakAfter(other, 100_000, '"old"') : serve(bytes, '"new"'))(request, response, count),
  });
  const got = await get(shop, { urls: [`${server.url}/linux.tar`], sha256: sum });
  t.deepEqual(await readFile(got.file), bytes);
});

test('a server that is out of order for a while is asked again', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, {
    '/linux.tar': (request, response, count) => {
      if (count < 2) response.writeHead(503).end('later');
      else serve(bytes)(request, response, count);
    },
  });
  t.is((await get(shop, { urls: [`${server.url}/linux.tar`], sha256: sum })).sha256, sum);
  t.is(server.requests.length, 3);
});

test('mirrors are tried in order: one that is missing, one with the wrong content, one that is right', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, { '/b': serve(randomBytes(10)), '/c': serve(bytes) });
  const got = await get(shop, { urls: ['/a', '/b', '/c'].map((name) => server.url + name), sha256: sum });
  t.is(got.url, `${server.url}/c`);
  t.deepEqual(server.requests, ['GET /a', 'GET /b', 'GET /c']);
});

test('tampered content is refused with both sums and never kept', async (t) => {
  const shop = await workshop(t);
  const tampered = Buffer.concat([bytes, Buffer.from('x')]);
  const actual = createHash('sha256').update(tampered).digest('hex');
  const server = await webServer(t, { '/linux.tar': serve(tampered) });
  const file = { urls: [`${server.url}/linux.tar`], sha256: sum };
  const error = await t.throwsAsync(get(shop, file), { instanceOf: HostError });
  t.true(error.message.includes('linux.tar') && error.message.includes(actual) && error.message.includes(sum));
  await t.throwsAsync(get(shop, file), { instanceOf: HostError });
  t.is(server.requests.length, 2);
});

test('a kept download that was changed since is fetched again', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, { '/linux.tar': serve(bytes) });
  const file = { urls: [`${server.url}/linux.tar`] };
  const first = await get(shop, file);
  t.false(first.verified);
  await writeFile(first.file, 'rotten');
  t.is((await get(shop, file)).sha256, sum);
  t.is(server.requests.length, 2);
});

test('no network is a retryable fault of the host that names the urls', async (t) => {
  const shop = await workshop(t);
  const closed = await webServer(t, {});
  const url = 'http://127.0.0.1:9/linux.tar';
  const error = await t.throwsAsync(get(shop, { urls: [url, `${closed.url}/none`] }), { instanceOf: HostError });
  t.true(error.retryable);
  t.regex(error.hint ?? '', /127\.0\.0\.1:9.*refuses the connection[\s\S]*answers 404[\s\S]*network and the proxies/);
});

test('a missing file is not worth another try', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, {});
  const error = await t.throwsAsync(get(shop, { urls: [`${server.url}/none`] }), { instanceOf: HostError });
  t.false(error.retryable);
  t.is(server.requests.length, 1);
});

test('an interruption ends a download at once', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, {
    '/slow': (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('x', () => shop.abort());
    },
  });
  await t.throwsAsync(get(shop, { urls: [`${server.url}/slow`] }), { instanceOf: InterruptedError });
});

test('paths and file urls are read in place', async (t) => {
  const shop = await workshop(t);
  const file = await shop.write('linux.tar', bytes);
  for (const url of [file, pathToFileURL(file).href]) {
    t.like(await get(shop, { urls: [url], sha256: sum }), { file, sha256: sum });
  }
  const wrong = await t.throwsAsync(get(shop, { urls: [file], sha256: '0'.repeat(64) }), { instanceOf: UserError });
  t.true(wrong.message.includes(sum) && wrong.message.includes('0'.repeat(64)));
  t.is(wrong.location?.file, file);
  await t.throwsAsync(get(shop, { urls: [shop.at('none.tar')] }), {
    instanceOf: UserError,
    message: /there is no file/,
  });
});

test('a proxy of the environment is used', async (t) => {
  const shop = await workshop(t);
  const proxy = await webServer(t, { 'http://kernel.invalid/linux.tar': serve(bytes) });
  const script = `
    import { obtainFile } from ${JSON.stringify(path.resolve('harness/host/fetch/download.ts'))};
    const file = { urls: ['http://kernel.invalid/linux.tar'], sha256: process.argv[2] };
    const options = { signal: new AbortController().signal, downloads: process.argv[3] };
    console.log((await obtainFile(file, options)).sha256);
  `;
  const file = await shop.write('script.mts', script);
  const env = { http_proxy: proxy.url, HTTP_PROXY: proxy.url, no_proxy: '', NO_PROXY: '' };
  const result = await execa('node', ['--import=tsx', file, sum, shop.at('downloads')], { env, reject: false });
  t.is(result.stdout, sum, result.stderr);
  t.deepEqual(proxy.requests, ['GET http://kernel.invalid/linux.tar']);
});

interface Signer {
  readonly keyring: string;
  readonly fingerprint: string;
  sign: (text: string, name: string) => Promise<string>;
}

async function signer(shop: Workshop, name: string): Promise<Signer> {
  const home = shop.at(`gpg-${name}`);
  await execa('mkdir', ['-m', '700', '-p', home]);
  const gpg = ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', ''];
  await execa('gpg', [...gpg, '--quick-gen-key', `${name} <${name}@localhost>`, 'ed25519', 'sign']);
  const listed = await execa('gpg', [...gpg, '--with-colons', '--list-keys']);
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed.stdout)?.[1] ?? '';
  const keyring = await shop.write(`${name}.asc`, (await execa('gpg', [...gpg, '--armor', '--export'])).stdout);
  return {
    keyring,
    fingerprint,
    async sign(text, file) {
      const plain = await shop.write(`plain-${file}`, text);
      const signed = shop.at(file);
      await execa('gpg', [...gpg, '--yes', '--clearsign', '--output', signed, plain]);
      await execa('gpgconf', ['--homedir', home, '--kill', 'all'], { reject: false });
      return signed;
    },
  };
}

withGpg('a signed checksum list vouches for a download; what is not signed by the right key does not', async (t) => {
  const shop = await workshop(t);
  const good = await signer(shop, 'good');
  const evil = await signer(shop, 'evil');
  const text = `${sum}  linux.tar\n`;
  const server = await webServer(t, { '/linux.tar': serve(bytes), '/other.tar': serve(bytes) });
  const wanted = (list: string, name = 'linux.tar', keyring = good.keyring): RemoteFile => ({
    urls: [`${server.url}/${name}`],
    checksums: { urls: [list], keyring, fingerprints: [good.fingerprint] },
  });
  const list = await good.sign(text, 'sums.asc');
  t.like(await obtain(wanted(list), shop.context), { sha256: sum, verified: true });

  const forged = await shop.write('forged.asc', (await readFile(list, 'utf8')).replace(sum, '0'.repeat(64)));
  await t.throwsAsync(obtain(wanted(forged), shop.context), {
    instanceOf: UserError,
    message: /signature of forged\.asc is not good/,
  });

  const appended = await shop.write('appended.asc', `${'0'.repeat(64)}  other.tar\n${await readFile(list, 'utf8')}`);
  await t.throwsAsync(obtain(wanted(appended, 'other.tar'), shop.context), { message: /no sum for other\.tar/ });

  const stranger = await evil.sign(text, 'stranger.asc');
  await t.throwsAsync(obtain(wanted(stranger), shop.context), { message: /signature of stranger\.asc is not good/ });
  await t.throwsAsync(obtain(wanted(stranger, 'linux.tar', evil.keyring), shop.context), {
    message: /who is not trusted/,
  });

  const wrong = await good.sign(`${'1'.repeat(64)}  linux.tar\n`, 'wrong.asc');
  await t.throwsAsync(obtain(wanted(wrong), shop.context), { instanceOf: HostError, message: /wrong content/ });
});

test('a checksum list needs a keyring and fingerprints', async (t) => {
  const shop = await workshop(t);
  const list = await shop.write('sums', `${sum}  linux.tar\n`);
  const file = { urls: ['http://127.0.0.1:9/linux.tar'], checksums: { urls: [list] } };
  await t.throwsAsync(obtain(file, shop.context), {
    instanceOf: UserError,
    message: /without a keyring and fingerprints/,
  });
});

test('a download that nothing vouches for is noted with its sum', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, { '/linux.tar': serve(bytes) });
  await obtain({ urls: [`${server.url}/linux.tar`] }, shop.context);
  t.true(shop.notes().some((note) => note.includes(sum)));
});

test('no room for a download is said plainly', async (t) => {
  const shop = await workshop(t);
  const server = await webServer(t, { '/linux.tar': serve(bytes) });
  const script = `
    import { obtainFile } from ${JSON.stringify(path.resolve('harness/host/fetch/download.ts'))};
    process.on('SIGXFSZ', () => {});
    const options = { signal: new AbortController().signal, downloads: process.argv[3] };
    await obtainFile({ urls: [process.argv[2]] }, options).catch((error) => console.log(error.name + ': ' + error.message));
  `;
  const file = await shop.write('script.mts', script);
  const limited = ['--fsize=50000', 'node', '--import=tsx', file, `${server.url}/linux.tar`, shop.at('downloads')];
  const { stdout } = await execa('prlimit', limited, { env: { TSX_DISABLE_CACHE: '1' }, reject: false });
  t.regex(stdout, /^HostError: cannot write .*linux\.tar.*: no space left on the device/);
  t.is(server.requests.length, 1);
});
