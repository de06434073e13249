/** Suites are loaded, and what they ask for is checked, before anything is built for them. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cachePaths } from '../../../harness/host/files/paths.ts';
import { type Context, HostError, UserError } from '../../../harness/model/index.ts';
import { checkSuites, type SuiteCheck } from '../../../harness/pipeline/suite/check.ts';

interface Asked extends Pick<SuiteCheck, 'match'> {
  readonly features?: Readonly<Record<string, number>>;
  /** Of another series of the project. */
  readonly others?: Readonly<Record<string, { readonly patch: string }>>;
}

/** Checks suites, given as sources, in a directory of their own; resolves with the store. */
async function check(
  t: ExecutionContext,
  sources: Readonly<Record<string, string>>,
  { features = { pulse: 1, driver: 2 }, others = {}, ...more }: Asked = {},
): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qb-check-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  for (const [name, source] of Object.entries(sources)) await writeFile(path.join(directory, name), source);
  const context: Context = {
    cache: cachePaths({}, path.join(directory, 'cache')),
    emit: () => undefined,
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
  };
  const suites = Object.keys(sources)
    .filter((name) => !name.startsWith('_'))
    .map((name) => path.join(directory, name));
  const other = { '6.1': { name: 'other', base: '6.1', fragments: [], features: others, suites: [] } };
  await checkSuites({ suites, series: { name: 'mine', features }, project: { series: { other } }, ...more }, context);
  return context.cache.store;
}

function suite(needs: string, ...cases: string[]): string {
  const declared = cases.map((name) => `test(${JSON.stringify(name)}, (t) => t.pass());\n`);
  return `import { suite } from 'quiltboot/suite';\nconst { test } = suite({ needs: [${needs}] });\n${declared.join('')}`;
}

const refused = { instanceOf: UserError } as const;

test('what loads and asks for features that somebody has is fine, and is not loaded twice', async (t) => {
  const store = await check(
    t,
    { 'pulse.ts': suite("'driver', 'theirs'", 'it beats'), 'plain.mjs': suite('', 'it is there') },
    { others: { theirs: { patch: 'base' } }, match: 'BEATS' },
  );
  t.is((await readdir(path.join(store, 'suites'))).length, 1);
});

test('a feature that nobody has is named with the nearest one', async (t) => {
  const error = await t.throwsAsync(check(t, { 'pulse.ts': suite("'drvier'", 'it beats') }), refused);
  t.is(
    error.message,
    'the case "pulse › it beats" needs the feature "drvier", which no series of the project has; did you mean "driver"?',
  );
  const none = await t.throwsAsync(check(t, { 'pulse.ts': suite("'driver'", 'it beats') }, { features: {} }), refused);
  t.regex(none.hint ?? '', /features: \{driver: FILE\.patch\}/);
});

for (const [what, source, message] of [
  ['a slip of the syntax', `${suite('', 'a')}test('b', ({ => 1);\n`, /pulse\.ts:4:\d+/],
  ['an import of a file that is not there', `import './gone.js';\n${suite('', 'a')}`, /pulse\.ts.*gone\.js/],
  [
    'an import of a name that is not there',
    `import { nothing } from './_helper.js';\n${suite('', 'a')}nothing();\n`,
    /nothing/,
  ],
  ['two cases of one name', suite('', 'a', 'a'), /pulse\.ts:4:\d+: two cases are named "a"/],
  ['no case at all', suite(''), /pulse\.ts: the suite has no case/],
  [
    'an option that there is not',
    suite('', 'a').replace('needs:', 'need:'),
    /pulse\.ts:3:\d+: the options of pulse: there is no option "need"; did you mean "needs"\?/,
  ],
  [
    'an isolation that there is not',
    `${suite('', 'a')}test('b', { isolation: 'bot' }, (t) => t.pass());\n`,
    /pulse\.ts:4:\d+: the options of the case "b": there is no isolation "bot"; did you mean "boot"\?/,
  ],
  ['an error while it loads', `${suite('', 'a')}throw new Error('not today');\n`, /pulse\.ts:4:\d+: not today/],
  ['the end of its process', `${suite('', 'a')}process.exit(3);\n`, /the suite ended its process/],
] as const) {
  test(`a suite with ${what} is a mistake that is found at once`, async (t) => {
    const error = await t.throwsAsync(
      check(t, { 'pulse.ts': source, '_helper.ts': 'export const some = 1;\n' }),
      refused,
    );
    t.regex(error.message, /^the suite pulse cannot be loaded: /);
    t.regex(error.message, message);
    t.is(error.code, 'QB-SUITE-FILE');
  });
}

test('a process of suites that is killed from outside is the fault of the machine', async (t) => {
  const source = `${suite('', 'a')}process.kill(process.pid, 'SIGKILL');\nawait new Promise(() => {});\n`;
  const error = await t.throwsAsync(check(t, { 'pulse.ts': source }), { instanceOf: HostError });
  t.regex(error.message, /ended by SIGKILL/);
  t.regex(error.hint ?? '', /run again$/);
});

test('a part of a name that no case has is a mistake: the nearest name is told', async (t) => {
  const sources = { 'first.ts': suite('', 'a task moves') };
  const error = await t.throwsAsync(check(t, sources, { match: 'a taks moves' }), refused);
  t.is(error.message, 'no case has "a taks moves" in its name');
  t.regex(error.hint ?? '', /did you mean "a task moves"\?\nsuites: first\.ts; --suite takes others/);
});
