/**
 * The QEMU of the fixtures as plain JavaScript: tests start it hundreds of times, and what reads TypeScript takes ten
 * times as long to start as the rest of it. It is translated once for each state of its sources.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
    '#!/bin/sh\nexec node "$(dirname "$(readlink -f "$0")")/qemu.mjs" "$@"\n',
  );
  await chmod(path.join(directory, 'qemu'), 0o755);
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
