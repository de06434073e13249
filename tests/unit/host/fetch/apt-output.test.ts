import test from 'ava';
import {
  explainAptFailure,
  isUnknownPackage,
  parseDownloadStatus,
  parsePrintedUri,
} from '../../../../harness/host/fetch/apt-output.ts';
import { HostError, UserError } from '../../../../harness/model/index.ts';

const sum = 'ae'.repeat(32);

test('a printed uri with its version, size and sum', (t) => {
  const url = 'http://deb.example.org/pool/l/linux/linux-source-6.1_6.1.192-2_all.deb';
  t.deepEqual(parsePrintedUri(`'${url}' linux-source-6.1_6.1.192-2_all.deb 139331676 SHA256:${sum}\n`), {
    url,
    fileName: 'linux-source-6.1_6.1.192-2_all.deb',
    version: '6.1.192-2',
    size: 139331676,
    sha256: sum,
  });
});

test('an epoch is decoded, and a sum of another kind left out', (t) => {
  const file = parsePrintedUri("'http://x/y.deb' y_1%3a2.0-1_amd64.deb 10 MD5Sum:00\n");
  t.is(file?.version, '1:2.0-1');
  t.is(file?.fileName, 'y_1%3a2.0-1_amd64.deb');
  t.is(file?.sha256, undefined);
});

test('other output is no uri', (t) => {
  t.is(parsePrintedUri('Reading package lists...\n'), undefined);
});

test('progress of a download', (t) => {
  t.is(parseDownloadStatus('dlstatus:1:80.0000:Retrieving file 1 of 1'), 0.8);
  t.is(parseDownloadStatus('Get:1 http://x'), undefined);
});

test('an unknown package or version is the user to mend', (t) => {
  for (const said of ['E: Unable to locate package nosuch\n', "E: Version '9' for 'hello' was not found\n"]) {
    t.true(isUnknownPackage(said));
    const error = explainAptFailure('hello=9', said);
    t.true(error instanceof UserError);
    t.regex(error.message, /hello=9/);
    t.regex(error.hint ?? '', /apt-cache policy hello\n/);
  }
});

test('no network is worth another try, a full disk is not', (t) => {
  const network = explainAptFailure(
    'x',
    "Err:1 http://deb x\n  Temporary failure resolving 'deb'\nE: Failed to fetch\n",
  );
  t.true(network instanceof HostError && network.retryable);
  t.regex(network.message, /no network/);
  const full = explainAptFailure('x', 'E: write error - write (28: No space left on device)\n');
  t.true(full instanceof HostError && !full.retryable);
});
