import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cachePaths } from '../../../harness/host/files/paths.ts';
import type { BootTarget, Context, Event } from '../../../harness/model/index.ts';
import { imageIndex } from '../../../harness/pipeline/guest/image.ts';
import { loadProject } from '../../../harness/pipeline/project.ts';
import { bootKernel, testKernel } from '../../../harness/pipeline/run/image-run.ts';
import { select } from '../../../harness/pipeline/run/select.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { fakeQemu } from '../../support/fake-qemu.ts';

const fake = await fakeQemu();
const target: BootTarget = { ...x86_64, qemu: { ...x86_64.qemu, binary: fake } };

interface World {
  readonly directory: string;
  readonly context: Context;
  readonly events: Event[];
  /** `stage-start boot`, and of ends also the outcome and whether it came from the store. */
  readonly words: () => string[];
}

async function world(t: ExecutionContext): Promise<World> {
  t.timeout(180_000);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'image-run-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const events: Event[] = [];
  const context: Context = {
    cache: cachePaths({}, path.join(directory, 'cache')),
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
  };
  const { images } = context.cache;
  await mkdir(images, { recursive: true });
  await writeFile(path.join(images, 'none.cpio.gz'), '');
  await writeFile(
    await imageIndex({ target }, images),
    JSON.stringify({ file: 'none.cpio.gz', hash: createHash('sha256').digest('hex') }),
  );
  const words = (): string[] =>
    events.flatMap((event) => {
      if (event.type === 'stage-start') return [`start ${event.stage}`];
      if (event.type === 'stage-end')
        return [`end ${event.stage} ${event.outcome}${event.reused ? ' from the store' : ''}`];
      return event.type === 'case-end' ? [] : [event.type];
    });
  return { directory, context, events, words };
}

const machine = (scenario: string) => ({ memoryMiB: 64, cpus: 1, commandLine: [`fake=${scenario}`] });

test('booting a given image is a stage with its events, and is taken from the store the second time', async (t) => {
  const { context, events, words } = await world(t);
  const first = await bootKernel({ image: fake, target }, { project: {}, machine: machine('well') }, context);
  t.is(first.outcome, 'pass');
  t.regex(await readFile(first.log, 'utf8'), /Linux version/);
  t.deepEqual(words(), ['run-start', 'start image', 'end image pass from the store', 'start boot', 'end boot pass']);
  events.length = 0;
  const again = await bootKernel({ image: fake, target }, { project: {}, machine: machine('well') }, context);
  t.true(again.reused);
  t.is(again.bootMs, first.bootMs);
  t.deepEqual(words().slice(3), ['start boot', 'end boot pass from the store']);
});

test('a given image that panics ends its boot stage as a crash of the cell', async (t) => {
  const { context, events } = await world(t);
  const boot = await bootKernel({ image: fake, target }, { project: {}, machine: machine('panic') }, context);
  t.is(boot.outcome, 'crash');
  const end = events.findLast((event) => event.type === 'stage-end');
  t.like(end, { stage: 'boot', outcome: 'crash', cell: { point: 0, target: 'x86_64' }, cause: { blame: 'kernel' } });
});

test('testing a given image emits the events of a run, and a kernel that does not boot has no cases', async (t) => {
  const { context, directory, words } = await world(t);
  const source = "import { suite } from 'quiltboot/suite';\nsuite({}).test('never runs', (t) => t.pass());\n";
  await writeFile(path.join(directory, 'one.ts'), source);
  // Without programs: the image is the one that is there.
  const { guest, ...project } = await loadProject('/');
  t.truthy(guest);
  const selection = { ...select(project, { series: 'none' }), machine: () => machine('panic') };
  const suites = [path.join(directory, 'one.ts')];
  const request = { kernel: { image: fake, target }, project, selection, suites, out: directory, command: 'test' };
  const { run } = await testKernel(request, context);
  t.deepEqual(words(), [
    'run-start',
    'start image',
    'end image pass from the store',
    'start boot',
    'end boot crash',
    'cell-end',
    'run-end',
  ]);
  t.like(run.cells[0], { stage: 'boot', outcome: 'crash', blame: 'kernel', cases: [] });
  t.is(run.verdict, 'fail');
});
