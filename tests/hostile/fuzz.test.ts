import { existsSync, mkdtempSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { decodeResults } from '../../harness/guest/calls/calls.ts';
import { decodeNames } from '../../harness/guest/calls/structs.ts';
import { createFrameReader, encodeFrame } from '../../harness/guest/line/frame.ts';
import { readMessage } from '../../harness/guest/line/message.ts';
import { unpackTarball } from '../../harness/host/fetch/archive.ts';
import { assemble, readSource } from '../../harness/import/index.ts';
import { foldWarnings, readBuildLog } from '../../harness/make/index.ts';
import { HostError, UserError } from '../../harness/model/index.ts';
import { escapingLinks } from '../../harness/model/links.ts';
import { parseProject } from '../../harness/project/index.ts';
import { visible, withoutCommands } from '../../harness/report/door.ts';
import { renderReport, reportKinds } from '../../harness/report/index.ts';
import { concludeRun, parseRun } from '../../harness/results/index.ts';
import { checkPatch } from '../../harness/series/check.ts';
import { x86_64 } from '../../harness/targets/index.ts';
import { mixedRun } from '../support/sample-run.ts';
import { type Member, tar } from './corpus/archives.ts';

/** Made-up input of every border; `npm run test:all` makes thousands. A failure prints the seed that repeats it. */
const numRuns = process.env['QUILTBOOT_TEST_ALL'] === '1' ? 10_000 : 200;
const seed = Number(process.env['QUILTBOOT_TEST_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

/** Only a mistake of the user's may come of it. */
function unlessUserError(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function fuzz<T>(title: string, made: fc.Arbitrary<T>, take: (input: T) => void): void {
  test(`made-up ${title} are no internal error`, (t) => {
    t.timeout(30 * 60_000);
    fc.assert(fc.property(made, take), { numRuns, seed });
    t.log(`${numRuns} inputs, seed ${seed}`);
    t.pass();
  });
}

/** The same for what takes its time. */
function fuzzAsync<T>(title: string, made: fc.Arbitrary<T>, take: (input: T) => Promise<void>): void {
  test(`made-up ${title} are no internal error`, async (t) => {
    t.timeout(120 * 60_000);
    await fc.assert(fc.asyncProperty(made, take), { numRuns, seed });
    t.log(`${numRuns} inputs, seed ${seed}`);
    t.pass();
  });
}

const bytes = fc.uint8Array({ maxLength: 200 });
/** Words that mean something to one of the readers, between anything. */
const words = (known: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 12 }), fc.constantFrom('\n', ' ', '\t')), {
      maxLength: 40,
    })
    .map((parts) => parts.join(''));

fuzz('messages of an agent', bytes, (payload) => {
  readMessage(payload);
  decodeResults(payload, 3);
  decodeNames(payload, x86_64);
});

fuzz('bytes on the line of an agent', fc.array(bytes, { maxLength: 8 }), (chunks) => {
  const reader = createFrameReader();
  for (const chunk of chunks) reader.push(chunk);
  // Whatever came before, a whole frame is read; what was open before it is one that is bad.
  const frame = { kind: 'd', number: 1, ack: 2, payload: Uint8Array.from([1, 2, 3]) } as const;
  const found = reader.push(encodeFrame(frame)).filter((one) => one !== 'bad');
  if (JSON.stringify(found) !== JSON.stringify([frame])) throw new Error('the frame was lost');
});

/** A stored run in which one place holds something else. */
const damagedRun = fc.tuple(fc.nat(), fc.jsonValue(), fc.boolean()).map(([at, value, remove]) => {
  const run = JSON.parse(JSON.stringify(mixedRun)) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    for (const [key, inner] of Object.entries(one)) {
      places.push([one as Record<string, unknown>, key]);
      visit(inner);
    }
  };
  visit(run);
  const [holder, key] = places[at % places.length] ?? [run, 'format'];
  if (remove) Reflect.deleteProperty(holder, key);
  else holder[key] = value;
  return run;
});

fuzz('stored runs', damagedRun, (value) => {
  unlessUserError(() => {
    const run = concludeRun(parseRun(value, 'run.json'));
    for (const kind of reportKinds) if (kind !== 'html') renderReport(run, kind);
  });
});

fuzz('values in place of a stored run', fc.jsonValue(), (value) => unlessUserError(() => parseRun(value, 'run.json')));

const mailWords = [
  'From ada@x Mon Jul  2 10:00:00 2007\n',
  'Subject: [PATCH 1/2] ',
  'From: a <a@x>\n',
  'Message-ID: <1@x>\n',
  'In-Reply-To: <1@x>\n',
  'Content-Type: multipart/mixed; boundary=b\n',
  '--b\n',
  '--b--\n',
  '=?utf-8?q?=1B?=',
  '---\n',
  'diff --git a/a b/a\n',
  '--- a/a\n+++ b/a\n',
  '@@ -1 +1 @@\n',
  '-x\n',
  '+y\n',
  '\n\n',
  'Content-Transfer-Encoding: base64\n',
  'quoted-printable',
];
fuzz('mails', words(mailWords), (text) => unlessUserError(() => assemble(readSource('box', text))));

const patchWords = [
  'diff --git a/a b/a\n',
  'new file mode 120000\n',
  'index 1..2 160000\n',
  '--- /dev/null\n',
  '+++ b/../a\n',
  '+++ "b/\\141"\n',
  '@@ -0,0 +1 @@\n',
  '+../x\n',
  'rename from a\n',
  'rename to ../b\n',
  '.git/',
  '\r\n',
];
fuzz('patches', words(patchWords), (diff) =>
  unlessUserError(() => checkPatch({ file: 'a.patch', diff, paths: [], problem: undefined })),
);

const compilerWords = [
  'a.c:1:2: warning: ',
  'a.c:3: error: ',
  ' [-Wx]',
  '  CC      a.o\n',
  'In file included from ',
  "ld: a.o: in function `x':\n",
  'make[1]: *** [a.o] Error 1\n',
  'WARNING: modpost: ',
  '/linux/',
  ' note: ',
  'Kconfig:1: ',
];
fuzz('compiler messages', words(compilerWords), (text) => {
  foldWarnings({}, readBuildLog(text, { worktree: '/linux', directory: '/build' }));
});

const projectWords = [
  'version: 1\n',
  'defaults: ',
  'trees:\n',
  '  t: ',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '- ',
  ': ',
  '!!binary ',
  '<<: ',
  '"',
  '|\n',
  '__proto__',
  'base: "6.1"',
  '%YAML 1.1\n---\n',
];
fuzz('project files', words(projectWords), (text) => unlessUserError(() => parseProject(text, '/p/quiltboot.yaml')));

const memberNames = fc
  .array(fc.constantFrom('linux', 'a', 'b', '..', '.', '', '.git', 'Makefile', '\u001b[2J', '-x', 'l', '\n'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join('/'));
const member: fc.Arbitrary<Member> = fc.record({
  name: fc.oneof(memberNames, fc.constant('/tmp/outside'), fc.string({ maxLength: 20 })),
  type: fc.constantFrom('0', '0', '5', '5', '1', '2', '3', '6', 'x', 'g', 'L', 'K', 'S', '7', '\u0000'),
  link: fc.oneof(memberNames, fc.constantFrom('/etc/passwd', '../../outside', '.')),
  data: fc.uint8Array({ maxLength: 60 }).map((data) => Buffer.from(data)),
  mode: fc.constantFrom(0o644, 0o755, 0o6777, 0),
  size: fc.constantFrom(0, 5, 60, 600, 2 ** 32),
});
const archive = fc.record({
  members: fc.array(member, { maxLength: 8 }),
  zipped: fc.boolean(),
  flips: fc.array(fc.tuple(fc.nat(6000), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
  cut: fc.option(fc.nat(6000)),
});

const unpacked = mkdtempSync(path.join(os.tmpdir(), 'fuzz-archives-'));
test.after.always(() => rm(unpacked, { recursive: true, force: true }));

fuzzAsync('archives', archive, async ({ members, zipped, flips, cut }) => {
  const packed = zipped ? gzipSync(tar(members)) : tar(members);
  for (const [at, by] of flips) packed[at % packed.length] = ((packed[at % packed.length] ?? 0) + by) % 256;
  const place = await mkdtemp(path.join(unpacked, 'one-'));
  const file = path.join(place, 'a.tar');
  await writeFile(file, cut === null ? packed : packed.subarray(0, cut));
  const bounds = { file: 1_000_000, all: 400_000_000 };
  try {
    await unpackTarball(file, path.join(place, 'in', 'it'), { signal: new AbortController().signal, bounds });
  } catch (error) {
    if (!(error instanceof UserError || error instanceof HostError)) throw error;
  }
  const beside = [...(await readdir(place)), ...(await readdir(path.join(place, 'in')))].sort();
  if (beside.join(' ') !== 'a.tar in it') throw new Error(`beside it: ${beside.join(' ')}`);
  if (existsSync('/tmp/outside')) throw new Error('outside');
  await rm(place, { recursive: true, force: true });
});

const linkNames = fc.constantFrom('a', 'b', 'a/b', 'a/b/c', 'd');
const linkTargets = fc.constantFrom(
  '.',
  '..',
  '../..',
  'a',
  'b',
  'a/..',
  'a/../..',
  '../b',
  '/etc',
  'a/b/../../..',
  '',
);
fuzz('sets of links', fc.array(fc.record({ path: linkNames, target: linkTargets }), { maxLength: 6 }), (links) => {
  escapingLinks(links);
});

fuzz('texts at the door', fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
  const shown = withoutCommands(visible(text));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|##\w*\[|^[^\S\n]*::/m.test(shown)) throw new Error(shown);
  if (JSON.parse(visible(JSON.stringify(text))) !== text) throw new Error('JSON lost its value');
});
