import { access, readFile, stat } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { sandboxProblem } from '../../../harness/host/sandbox/sandbox.ts';
import {
  type BuildLimits,
  type BuildResult,
  buildLimits,
  makeDeadlineMs,
  parseLimits,
} from '../../../harness/model/index.ts';
import { build } from '../../../harness/pipeline/kernel/build.ts';
import { configure } from '../../../harness/pipeline/kernel/configure.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { gcc, Workshop } from '../../support/fake-linux.ts';

const sandboxed = (await sandboxProblem()) === undefined ? test : test.skip;

/** Builds the miniature kernel with a makefile that also runs a script, within narrow limits. */
async function buildWith(t: ExecutionContext, script: string, limits: Partial<BuildLimits>): Promise<BuildResult> {
  const shop = await Workshop.open();
  t.teardown(() => shop.close());
  await shop.write('tree/scripts/extra.sh', script);
  await shop.edit(
    'Makefile',
    '\t@echo "Kernel: $(image) is ready"',
    '\t@echo "Kernel: $(image) is ready"\n\t@sh $(srctree)/scripts/extra.sh',
  );
  const context = shop.context({ limits: { ...buildLimits, ...limits } });
  const source = await shop.source();
  const fragments = await shop.fragment('CONFIG_PRINTK=y\n');
  const configured = await configure({ source, target: x86_64, toolchain: gcc, fragments }, context);
  const built = await build({ source, target: x86_64, toolchain: gcc, configure: configured }, context);
  t.context = { shop };
  return built;
}

const excessive: readonly (readonly [string, string, Partial<BuildLimits>, RegExp])[] = [
  ['time', 'sleep 100000', { minutes: 0.1 }, /more than 0\.1 minutes/],
  ['output', 'yes "spam spam spam spam spam spam spam"', { output: 3 }, /more than 3 MiB of output/],
  [
    'memory together',
    'for i in 1 2 3 4 5 6; do tail -c 40M /dev/zero | sleep 30 & done; head -c 300M /dev/zero | tail | wc -c; sleep 20',
    { together: 200 },
    /more than 200 MiB of memory|killed|ended|failed/,
  ],
  ['one file', 'head -c 100M /dev/zero > big', { file: 50 }, /big|File size|too large|failed|signal/i],
  [
    'processes',
    'n=0; while [ $n -lt 500 ]; do sleep 30 & n=$((n+1)); done; wait',
    { processes: 100 },
    /fork|processes|failed|Resource/,
  ],
  ['temporary files', 'head -c 100M /dev/zero > /tmp/big', { temporary: 50 }, /failed|No space/],
  ['shared memory', 'head -c 100M /dev/zero > /dev/shm/big', { temporary: 50 }, /failed|No space/],
];

for (const [what, script, limits, expected] of excessive) {
  sandboxed(`too much of ${what} is the fault of what is built`, async (t) => {
    const result = await buildWith(t, script, limits);
    t.is(result.outcome, 'fail');
    t.is(result.cause?.blame, 'kernel');
    t.regex([result.cause?.summary, ...(result.cause?.excerpt ?? [])].join('\n'), expected);
    t.true((await stat(result.log)).size < 30 * 2 ** 20);
  });
}

sandboxed('of a long log the beginning and the end are kept, and the build may pass', async (t) => {
  const result = await buildWith(t, "yes 'spam spam spam spam' | head -c 26000000; echo the end", {});
  t.is(result.outcome, 'pass', result.cause?.excerpt.join('\n'));
  const log = await readFile(result.log, 'utf8');
  t.true(log.length < 22e6);
  t.regex(log, /bytes of this log are left out here/);
  t.regex(log, /the end\n$/);
});

sandboxed('bits that let others be us are taken off what a build leaves', async (t) => {
  await buildWith(t, 'cp /usr/bin/id helper; chmod 6755 helper; touch made; exit 1', {});
  const { shop } = t.context as { shop: Workshop };
  const { builds } = shop.context().cache;
  const { glob } = await import('tinyglobby');
  const [helper] = await glob('**/helper', { cwd: builds, absolute: true });
  await access(helper ?? '');
  t.is((await stat(helper ?? '')).mode & 0o7777, 0o755);
});

test('a deadline follows the longest make, within the limit', (t) => {
  const minute = 60_000;
  t.is(makeDeadlineMs(buildLimits, undefined), 60 * minute);
  t.is(makeDeadlineMs(buildLimits, 1000), 20 * minute);
  t.is(makeDeadlineMs(buildLimits, 6 * minute), 30 * minute);
  t.is(makeDeadlineMs(buildLimits, 50 * minute), 60 * minute);
});

test('limits are read from one line, and a mistake in it is the user’s', (t) => {
  t.like(parseLimits('minutes=90, processes=10'), { minutes: 90, processes: 10, file: buildLimits.file });
  t.throws(() => parseLimits('minuts=1'), { name: 'UserError', message: /did you mean "minutes"/ });
  for (const bad of ['minutes', 'minutes=', 'minutes=-1', 'minutes=0', 'file=x', 'file=Infinity'])
    t.throws(() => parseLimits(bad), { name: 'UserError' }, bad);
});
