/** Guests of real kernels that end without a word, and reports that belong to no case. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { CaseResult } from '../../../harness/model/index.ts';
import { bootStage } from '../../../harness/pipeline/guest/boot.ts';
import { makeImage } from '../../../harness/pipeline/guest/image.ts';
import { testStage } from '../../../harness/pipeline/suite/stage.ts';
import { guestContext, kernelTimeoutMs, testKernels } from '../../support/kernels.ts';

const directory = await mkdtemp(path.join(os.tmpdir(), 'outside-'));
test.after.always(() => rm(directory, { recursive: true, force: true }));

const context = guestContext(directory);

const head = `import { suite } from 'quiltboot/suite';
const { test } = suite({ isolation: 'ISOLATION' });
const warning = '<4>WARNING: at kernel/quilt.c:55 quilt_count()\\n';
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
`;
/** A background process of the guest that waits for a while and then does something. */
const later = (seconds: string, script: string): string =>
  `await guest.sh(\`(sleep ${seconds}; ${script}) >/dev/null 2>&1 &\`)`;

const own = `${head.replace('ISOLATION', 'snapshot')}
test('switches off by SysRq', async (t, { guest }) => {
  const task = await guest.fork();
  await task.write('/proc/sysrq-trigger', 'o');
  t.pass();
});
test('halts', async (t, { guest }) => { ${later('0', 'halt')}; await sleep(500); t.pass(); });
test('powers off', async (t, { guest }) => { ${later('0', 'poweroff')}; await sleep(500); t.pass(); });
test('reboots', async (t, { guest }) => { ${later('0', 'reboot')}; await sleep(500); t.pass(); });
test('reboots on purpose', async (t, { guest, expectEnd }) => { expectEnd(); ${later('0', 'reboot')}; await sleep(500); t.pass(); });
test('is silenced and warns', async (t, { guest }) => {
  await guest.write('/proc/sysrq-trigger', '1');
  await guest.write('/dev/kmsg', warning);
  t.pass();
});
test('is silenced and well', async (t, { guest }) => { await guest.write('/proc/sysrq-trigger', '0'); t.pass(); });
test('prints half a line before a report', async (t, { guest }) => {
  await guest.sh('echo -n "spool: 37 of 100" >/dev/console');
  await guest.write('/dev/kmsg', warning);
  t.pass();
});
test('is well', async (t, { guest }) => { await guest.sh('true'); t.pass(); });
`;
const gaps = `${head.replace('ISOLATION', 'shared')}
test('first', async (t, { guest }) => { ${later('1', 'echo "<4>WARNING: at kernel/quilt.c:55 quilt_count()" >/dev/kmsg')}; t.pass(); });
test('second', async (t, { guest }) => { await guest.sh('true'); t.pass(); });
`;
const filler = `${head.replace('ISOLATION', 'shared')}
test('takes its time', async (t) => { await sleep(4000); t.pass(); });
`;

for (const kernel of testKernels()) {
  const { target } = kernel;
  const withCases = async (t: ExecutionContext, sources: Readonly<Record<string, string>>) => {
    t.timeout(kernelTimeoutMs);
    const image = await kernel.image();
    const { initramfs } = await makeImage({ target }, context);
    const place = path.join(directory, `${target.name}-${Object.keys(sources).join('-')}`);
    await mkdir(place);
    for (const [name, source] of Object.entries(sources)) await writeFile(path.join(place, name), source);
    return testStage(
      {
        kernel: { image, kernelVersion: '' },
        initramfs,
        target,
        machine: { memoryMiB: 256, cpus: 1, commandLine: [] },
        point: 0,
        features: {},
        suites: Object.keys(sources).map((name) => path.join(place, name)),
        logDirectory: path.join(place, 'logs'),
      },
      context,
    );
  };
  const find = (cases: readonly CaseResult[], name: string): CaseResult | undefined =>
    cases.find((each) => each.name === name);

  test.serial(`${target.name}: a guest that ends without a word fails the case in which it does`, async (t) => {
    const { cases } = await withCases(t, { 'own.ts': own });
    t.log(cases.map(({ name, outcome, cause }) => `${name}: ${outcome}: ${cause?.summary ?? ''}`).join('\n'));
    for (const name of ['switches off by SysRq', 'halts', 'powers off', 'reboots', 'is silenced and warns'])
      t.is(find(cases, name)?.outcome, 'crash', name);
    t.is(find(cases, 'prints half a line before a report')?.outcome, 'crash');
    for (const name of ['reboots on purpose', 'is well', 'is silenced and well'])
      t.is(find(cases, name)?.outcome, 'pass', name);
    t.is(find(cases, 'the guest shuts down'), undefined);
    t.is(find(cases, 'the guest boots'), undefined);
  });

  test.serial(`${target.name}: a report between two cases is found and told as such`, async (t) => {
    const { cases } = await withCases(t, { 'a.ts': gaps.split("test('second'")[0] ?? '', 'filler.ts': filler });
    t.log(cases.map(({ name, outcome, cause }) => `${name}: ${outcome}: ${cause?.summary ?? ''}`).join('\n'));
    t.is(find(cases, 'first')?.outcome, 'pass');
    t.regex(find(cases, 'after "first"')?.cause?.summary ?? '', /^after "first", the last case .*: WARNING at/);
  });

  test.serial(`${target.name}: what hides warnings from the console does not hide them from a boot`, async (t) => {
    t.timeout(kernelTimeoutMs);
    const image = await kernel.image();
    const { initramfs } = await makeImage({ target }, context);
    const request = { target, kernel: { image }, initramfs, cpus: 1, memoryMiB: 256 };
    const boot = (name: string, ...commandLine: string[]) =>
      bootStage({ ...request, commandLine, logFile: path.join(directory, `${target.name}-${name}.log`) }, context);
    const quiet = await boot('quiet', 'quiet', 'loglevel=1');
    t.is(quiet.outcome, 'pass', quiet.cause?.summary);
    // The shutdown belongs to the boot, and is seen.
    t.true((quiet.bootMs ?? 0) > 0);
  });
}
