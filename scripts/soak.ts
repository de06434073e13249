/**
 * Boots and restores guests again and again on a machine that has too much to do, and counts the verdicts.
 *
 *   npx tsx scripts/soak.ts x86_64=IMAGE s390x=IMAGE [--boots 200] [--restores 1000] [--load 2] [--minutes 60]
 *
 * `--load` is how many busy processes there are for each processor; `--minutes` ends it early, with the counts so far.
 * Any verdict but `pass`, and any answer of a guest but the right one, is a failure: the exit status is 1 then.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { argv, echo } from 'zx';
import { type BootTarget, findBootTarget, makeImage } from '../harness/index.ts';
import { guestFactory } from '../harness/pipeline/guest/factory.ts';
import { bootStage } from '../harness/pipeline/index.ts';
import { scriptContext } from './context.ts';

const number = (name: string, usual: number): number => {
  const value: unknown = argv[name];
  return typeof value === 'number' ? value : usual;
};
const boots = number('boots', 200);
const restores = number('restores', 1000);
const until = Date.now() + number('minutes', 60) * 60_000;
const scratch = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-soak-'));
const notes: string[] = [];
const context = scriptContext({
  emit(event) {
    if (event.type === 'note') notes.push(event.text);
  },
  guests: 2,
});

class Counts {
  readonly #counts = new Map<string, number>();
  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
  get wrong(): number {
    return [...this.#counts].reduce((sum, [what, count]) => sum + (what === 'pass' ? 0 : count), 0);
  }
  toString(): string {
    return [...this.#counts].map(([what, count]) => `${count} ${what}`).join(', ') || 'none';
  }
}

/** One after the other, `guests` at once, until the count or the time is reached. */
async function many(count: number, deadline: number, action: (index: number) => Promise<string>): Promise<Counts> {
  const counts = new Counts();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && Date.now() < deadline) {
      const index = next;
      next += 1;
      counts.add(
        await action(index).catch((error: unknown) =>
          error instanceof Error ? `${error.name}: ${error.message.split('\n')[0] ?? ''}` : 'failed',
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: context.guests }, worker));
  return counts;
}

async function soak(target: BootTarget, image: string, share: number): Promise<number> {
  const { initramfs } = await makeImage({ target }, context);
  const request = { target, kernel: { image }, initramfs, cpus: 1, memoryMiB: 256 };
  const logFile = (name: string): string => path.join(scratch, `${target.name}-${name}.log`);
  const half = Date.now() + share / 2;
  const booted = await many(boots, half, async (index) => {
    const result = await bootStage({ ...request, logFile: logFile(`boot-${index % 4}`) }, context);
    return result.outcome === 'pass' ? 'pass' : `${result.outcome}: ${result.cause?.summary ?? ''}`;
  });
  const factory = await guestFactory(
    { ...request, logFile: logFile('restore'), snapshots: path.join(scratch, target.name) },
    context,
  );
  const end = Date.now() + share / 2;
  const restored = await many(restores, end, async (index) => {
    const guest = await factory.acquire({ logFile: logFile(`restore-${index % 4}`) });
    try {
      const fresh = !(await guest.exists('/tmp/mark'));
      await guest.write('/tmp/mark', String(index), { create: true });
      const { stdout, status } = await guest.run(['cat', '/tmp/mark']);
      const splats = guest.splats().map(({ title }) => title);
      const right = fresh && status === 0 && stdout === String(index) && splats.length === 0;
      return right ? 'pass' : `wrong answer: ${JSON.stringify({ index, fresh, status, stdout, splats })}`;
    } finally {
      await guest.close();
    }
  });
  await factory.close();
  echo(`${target.name}: boots: ${String(booted)}; restores (${factory.isolation}): ${String(restored)}`);
  return booted.wrong + restored.wrong;
}

const busy = Array.from({ length: Math.round(number('load', 2) * os.availableParallelism()) }, () =>
  // They go with this program, however it ends.
  spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }),
);
let wrong = 0;
try {
  const kernels = argv._.map((word) => word.split('='));
  if (kernels.length === 0) throw new Error('name kernels: scripts/soak.ts x86_64=IMAGE s390x=IMAGE');
  for (const [index, [name = '', image = '']] of kernels.entries()) {
    const share = (until - Date.now()) / (kernels.length - index);
    wrong += await soak(findBootTarget(name), path.resolve(image), share);
  }
  echo(
    `load at the end: ${os
      .loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}; ${wrong} wrong verdicts`,
  );
  for (const note of new Set(notes)) echo(`note (${notes.filter((one) => one === note).length} times): ${note}`);
} finally {
  for (const child of busy) child.kill('SIGKILL');
  await rm(scratch, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
