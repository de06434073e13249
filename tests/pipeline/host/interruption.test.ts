import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const interruption = path.resolve(import.meta.dirname, '../../../harness/host/interruption.ts');

/** Programs that no orderly stop can end. */
const stuck: Readonly<Record<string, string>> = {
  'a pipe that nobody opens on the other side': `
    spawnSync('mkfifo', ['pipe']);
    const held = readFile('pipe');
    console.log('held');
    await held;`,
  'a loop': `
    console.log('held');
    process.stdin.once('data', () => { for (;;); });
    setInterval(() => undefined, 1000);`,
};

for (const [what, code] of Object.entries(stuck)) {
  test(`after the first signal the second ends a program that is held by ${what}`, async (t) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'interruption-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    const text = `import { watchSignals } from ${JSON.stringify(interruption)};
      import { spawnSync } from 'node:child_process';
      import { readFile } from 'node:fs/promises';
      watchSignals((signal) => console.log('first', signal), () => console.log('late'));
      ${code}`;
    await writeFile(path.join(directory, 'held.mts'), text);
    const child = spawn(process.execPath, ['--import', fileURLToPath(import.meta.resolve('tsx')), 'held.mts'], {
      cwd: directory,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const said = async (word: string): Promise<void> => {
      while (!printed.includes(word)) await once(child.stdout, 'data');
    };
    await said('held');
    child.kill('SIGTERM');
    await said('first SIGTERM');
    child.stdin.write('now');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    t.deepEqual(await ended, [null, 'SIGINT']);
  });
}
