import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BootTarget, findBootTarget, type Run } from '../../harness/index.ts';
import { type Figure, median } from './figures.ts';

const rounds = 5;

/** The stored build whose image a cell of the run was tested with. */
async function imageOf(store: string, hash: string | null): Promise<string> {
  for (const key of await readdir(path.join(store, 'build'))) {
    const directory = path.join(store, 'build', key);
    const text = await readFile(path.join(directory, 'result.json'), 'utf8').catch(() => '{}');
    if ((JSON.parse(text) as { readonly imageHash?: string }).imageHash === hash) return path.join(directory, 'image');
  }
  throw new Error(`the store has no image ${hash ?? ''}; make the run again`);
}

async function initramfsOf(images: string, target: BootTarget): Promise<string> {
  const names = (await readdir(images)).filter(
    (name) => name.startsWith(`${target.name}-`) && name.endsWith('.cpio.gz'),
  );
  const [first] = names;
  if (first === undefined) throw new Error(`no initramfs for ${target.name} in ${images}`);
  return path.join(images, first);
}

/** Milliseconds from starting QEMU, with nothing around it, to the prompt of a shell as the first process. */
function bareBoot(target: BootTarget, image: string, initramfs: string): Promise<number> {
  const s390 = target.crossCompile !== '';
  const line = s390 ? ['-device', 'sclpconsole,chardev=c'] : ['-serial', 'chardev:c'];
  const started = performance.now();
  const child = spawn(
    target.qemu.binary,
    [
      ...target.qemu.machine,
      ...['-m', '256M', '-smp', target.qemu.smp(1), '-nodefaults', '-display', 'none', '-no-reboot', '-nic', 'none'],
      ...['-chardev', 'stdio,id=c,signal=off', ...line],
      ...['-kernel', image, '-initrd', initramfs],
      ...['-append', `console=${s390 ? 'ttyS1' : 'ttyS0'} panic=1 rdinit=/bin/sh`],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    let seen = '';
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`QEMU ended before a prompt:\n${seen.slice(-2000)}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      seen = (seen + chunk.toString('latin1')).slice(-4000);
      if (!/\n?# $/.test(seen)) return;
      resolve(performance.now() - started);
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    });
  });
}

/** Boot to the first completed agent command, against QEMU booting the same files to its first shell prompt. */
export async function bootFigures(store: string, images: string, run: Run): Promise<Figure[]> {
  const { cachePaths } = await import('../../harness/index.ts');
  const { bootStage } = await import('../../harness/pipeline/index.ts');
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-boot-'));
  const figures: Figure[] = [];
  try {
    for (const name of run.targets) {
      const target = findBootTarget(name);
      const cell = run.cells.findLast((one) => one.target === name);
      const image = await imageOf(store, cell?.imageHash ?? null);
      const initramfs = await initramfsOf(images, target);
      const own: number[] = [];
      const bare: number[] = [];
      for (let round = 0; round < rounds; round++) {
        bare.push(await bareBoot(target, image, initramfs));
        const result = await bootStage(
          {
            target,
            kernel: { image, kernelVersion: run.tree.kernelVersion },
            initramfs,
            cpus: 1,
            memoryMiB: 256,
            logFile: path.join(scratch, `${name}-${round}.log`),
          },
          {
            cache: cachePaths({}, path.dirname(store)),
            emit: () => undefined,
            signal: new AbortController().signal,
            jobs: 1,
            guests: 1,
            fresh: true,
          },
        );
        own.push(result.bootMs ?? Number.NaN);
      }
      const detail = `${median(own).toFixed(0)} ms / ${median(bare).toFixed(0)} ms`;
      figures.push({
        name: `boot to first command / bare QEMU to prompt, ${name}`,
        value: median(own) / median(bare),
        limit: 1.5,
        detail,
      });
    }
    return figures;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
