/**
 * The QEMU of the fixtures as plain JavaScript: tests start it hundreds of times, and what reads TypeScript takes ten
 * times as long to start as the rest of it. It is translated once for each state of its sources.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, copyFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');
/** It and what it imports; their names differ. */
const sources = ['tests/fixtures/fake-qemu/qemu.ts', 'harness/guest/line/frame.ts', 'harness/guest/line/crc32.ts'];

async function translate(texts: readonly string[], directory: string): Promise<void> {
  const { default: ts } = await import('typescript');
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  for (const [index, text] of texts.entries()) {
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    const name = path.basename(sources[index] ?? '', '.ts');
    const beside = outputText.replaceAll(/(from ')\.[^']*\/([^'/]+)\.ts'/g, "$1./$2.mjs'");
    await writeFile(path.join(directory, `${name}.mjs`), beside);
  }
  await writeFile(
    path.join(directory, 'qemu'),
    '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nPATH="$here:$PATH" exec node "$here/qemu.mjs" "$@"\n',
  );
  await chmod(path.join(directory, 'qemu'), 0o755);
  // A Node of the user's own is not in the sandbox of a guest; what lies beside the program is.
  if (!process.execPath.startsWith('/usr/')) await copyFile(process.execPath, path.join(directory, 'node'));
  await chmod(directory, 0o755);
}

/** Absolute path of an executable that takes QEMU's arguments. Several processes may ask for it at once. */
export async function fakeQemu(): Promise<string> {
  const texts = await Promise.all(sources.map((file) => readFile(path.join(root, file), 'utf8')));
  const hash = createHash('sha256')
    .update(JSON.stringify([texts, await readFile(import.meta.filename, 'utf8')]))
    .digest('hex')
    .slice(0, 16);
  const directory = path.join(os.tmpdir(), `fake-qemu-${hash}`);
  if (!existsSync(directory)) {
    const partial = await mkdtemp(`${directory}-`);
    await translate(texts, partial);
    // Somebody else may have been as quick.
    await rename(partial, directory).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return path.join(directory, 'qemu');
}

/**
 * A copy of it that keeps count of the boots of each image, and is killed as long as `broken` is in the directory of its
 * state. The fake asks this process by a socket beside it: in the sandbox of a guest it can write nothing itself.
 *
 * @returns path of the program, and what ends the service
 */
export async function countingQemu(
  directory: string,
  state: string,
): Promise<{ readonly program: string; readonly close: () => void }> {
  const program = await fakeQemu();
  await cp(path.dirname(program), directory, { recursive: true });
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (asked) => socket.end(String(answer(asked.toString('latin1').trim(), state))));
  });
  const socket = path.join(directory, 'state');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await chmod(socket, 0o777);
  server.unref();
  return { program: path.join(directory, path.basename(program)), close: () => void server.close() };
}

/** How often an image has been booted, this time included; to the question `broken`, 1 or 0. */
function answer(asked: string, state: string): number {
  if (asked === 'broken') return existsSync(path.join(state, 'broken')) ? 1 : 0;
  const file = path.join(state, path.basename(asked));
  const boots = 1 + (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0);
  writeFileSync(file, String(boots));
  return boots;
}
