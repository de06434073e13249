import path from 'node:path';
import test from 'ava';
import { changeSched, fakeProject, latestRun, mail, placeIn, schedLine } from '../support/program.ts';
import { keyFile, storeKeyPair } from '../support/store-keys.ts';
import { fileServer } from '../support/web-server.ts';

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));

test('a machine with an empty cache takes over each cell that another one has made, and says so', async (t) => {
  const first = await fakeProject(t, { 'one.patch': fine });
  const at = (name: string): string => path.join(first.directory, name);
  const { secret, shown } = storeKeyPair();
  const key = await keyFile(at('key.pem'), secret);
  const made = await first.run('build', '--store', 'shared', '--store-key', key);
  t.is(made.code, 0, made.err);
  t.notRegex(made.out, /\^/);
  const alone = await latestRun(first);

  // The other machine reads through a web server, and has no key to write with.
  const { url, requests } = await fileServer(t, at('shared'), { writable: false });
  const reader = await keyFile(at('reader.pem'), shown);
  const other = placeIn(first.directory, {
    ...first.env,
    QUILTBOOT_CACHE: at('other-cache'),
    QUILTBOOT_STORE_KEY: reader,
  });
  const taken = await other.run('build', '--store', url);
  t.is(taken.code, 0, taken.err);
  t.regex(taken.out, /1\s+one\.patch\s+pass build \^/);
  t.regex(taken.out, /\^ taken over from a store that machines share, signed by [0-9a-f]{16}/);
  const run = await latestRun(first);
  t.deepEqual(
    run.cells.map(({ imageHash, outcome }) => [imageHash, outcome]),
    alone.cells.map(({ imageHash, outcome }) => [imageHash, outcome]),
  );
  t.true(run.cells.every((cell) => cell.taken !== undefined));
  t.false(requests.some((one) => one.startsWith('PUT')));
  // Nobody vouches for the series, so nothing of it is for those who are vouched for.
  t.true(requests.some((one) => one.includes('/untrusted/build/')));
  const third = placeIn(first.directory, { ...other.env, QUILTBOOT_CACHE: at('third-cache') });
  const before = requests.length;
  const trusted = await third.run('build', '--points', '0', '--store', url, '--trust');
  t.is(trusted.code, 0, trusted.err);
  t.false(
    requests.slice(before).some((one) => one.includes('/untrusted/')),
    'what is trusted takes nothing else',
  );
  t.notRegex(trusted.out, /\^/);
});

test('a store without a key, or at an address of another kind, is a mistake', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  const missing = await place.run('build', '--store', 'shared', '--store-key', 'none.pem');
  t.is(missing.code, 2);
  t.regex(missing.err, /none\.pem[\s\S]*openssl genpkey -algorithm ed25519/);
  const key = await keyFile(path.join(place.directory, 'key.pem'), storeKeyPair().secret);
  const bucket = await place.run('build', '--store', 's3://bucket', '--store-key', key);
  t.is(bucket.code, 2);
  t.regex(bucket.err, /no stores at s3:\/\/ addresses/);
});
