import { createHash } from 'node:crypto';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { isUserland, writeInitramfs } from '../../guest/image/initramfs.ts';
import type { ArchiveEntry } from '../../guest/image/newc.ts';
import { agentCompiler } from '../../guest/image/nolibc-compiler.ts';
import { downloadDebianPackage, unpackDebianPackage } from '../../host/fetch/apt.ts';
import { fileStamp, hashValues } from '../../host/files/hash.ts';
import { readKept } from '../../host/files/kept.ts';
import { readFiles, type TreeFile } from '../../host/files/list.ts';
import { readBytes } from '../../host/files/read.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { markUsed } from '../../host/files/usage.ts';
import { writeFileAtomic, writeJson } from '../../host/files/write.ts';
import { runProcess } from '../../host/process.ts';
import { type BootTarget, type Context, HostError, type ImageResult, warning } from '../../model/index.ts';
import { debianOf } from '../../targets/index.ts';
import { locked } from '../locked.ts';
import { withStage } from '../with-stage.ts';
import { findCompiler } from './compiler.ts';

/** Changes when the form of an image changes and its inputs do not. */
const recipe = 1;
const ownImages = path.join(import.meta.dirname, '..', '..', '..', 'images');
const packages = ['klibc-utils', 'libklibc'];

export interface ImageRequest {
  readonly target: BootTarget;
  /** Added to the image; an entry with a path of ours replaces it. */
  readonly extraFiles?: readonly ArchiveEntry[];
}

const indexShape = z.object({ file: z.string(), hash: z.string() });

type IndexEntry = z.infer<typeof indexShape>;

/**
 * Makes the initramfs of a target: the agent, Debian's klibc programs, and extra files. Equal inputs give equal bytes,
 * and an image that is in the cache is used again; `context.fresh` looks for newer packages.
 *
 * @throws HostError when there is no compiler for the target, or the packages can't be downloaded
 */
export async function makeImage(request: ImageRequest, context: Context): Promise<ImageResult> {
  return await withStage(context, { stage: 'image', what: request.target.name }, async () => {
    const { entry, reused } = await findOrMake(request, context);
    const initramfs = path.join(context.cache.images, entry.file);
    return { result: { stage: 'image', outcome: 'pass', initramfs, hash: entry.hash, reused } as const };
  });
}

async function findOrMake(
  request: ImageRequest,
  context: Context,
): Promise<{ readonly entry: IndexEntry; readonly reused: boolean }> {
  const { target, extraFiles = [] } = request;
  const { images } = context.cache;
  const index = await imageIndex(request, images);
  const known = context.fresh ? undefined : await findKnown(index, context);
  if (known) return { entry: known, reused: true };
  const words = { name: `image-${target.name}`, purpose: `making the image of ${target.name} guests` };
  return await locked(context, words, async () => {
    // Somebody else may have made it while we waited.
    const made = context.fresh ? undefined : await findKnown(index, context);
    if (made) return { entry: made, reused: true };
    const data = await build(target, extraFiles, context);
    const hash = digest(data);
    const entry = { file: `${target.name}-${hash.slice(0, 16)}.cpio.gz`, hash };
    await writeFileAtomic(path.join(images, entry.file), data);
    await writeJson(index, entry);
    return { entry, reused: false };
  });
}

/** The file that names the image made of these inputs, once there is one. */
export async function imageIndex({ target, extraFiles = [] }: ImageRequest, images: string): Promise<string> {
  const sources = await readFiles(ownImages, (file) => /^(?:agent|nolibc)\/.*\.[ch]$/.test(file));
  const compiler = await findCompiler(target);
  const key = hashValues(
    recipe,
    target.name,
    target.agentDevice,
    agentCompiler(target, [], ''),
    await fileStamp(compiler),
    sources.map(({ path: name, data }) => [name, data.toString('latin1')]),
    extraFiles.map((entry) => (entry.type === 'file' ? { ...entry, data: digest(entry.data) } : entry)),
  );
  return path.join(images, `${target.name}-${key.slice(0, 16)}.json`);
}

function digest(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

async function findKnown(index: string, context: Context): Promise<IndexEntry | undefined> {
  const known = await readKept(index, indexShape, { tell: warning(context), then: 'the image is made again' });
  if (known === undefined) return undefined;
  const { file, hash } = known;
  const bytes = await readBytes(path.join(context.cache.images, path.basename(file)));
  if (bytes === undefined) return undefined;
  if (digest(bytes) === hash) {
    for (const used of [index, path.join(context.cache.images, path.basename(file))]) await markUsed(used);
    return { file, hash };
  }
  warning(context)(`the image ${file} is damaged; it is made again`);
  return undefined;
}

async function build(target: BootTarget, extra: readonly ArchiveEntry[], context: Context): Promise<Buffer> {
  return await withScratch({ purpose: 'image', parent: context.cache.images }, async (scratch) => {
    const agent = await compileAgent(target, scratch, context.signal);
    const userland = await fetchUserland(target, scratch, context);
    const archive = writeInitramfs({ target, agent, userland, extra });
    const data = gzipSync(archive, { level: 9 });
    // The header names the operating system that compressed it; ours says "unknown" everywhere.
    data[9] = 255;
    return data;
  });
}

async function compileAgent(target: BootTarget, scratch: string, signal: AbortSignal): Promise<Buffer> {
  const own = await readFiles(ownImages, (file) => /^agent\/.*\.c$/.test(file));
  const output = path.join(scratch, 'agent');
  const argv = agentCompiler(
    target,
    own.map(({ path: name }) => name),
    output,
  );
  const result = await runProcess({ argv, cwd: ownImages, signal });
  const [agent] = await readFiles(scratch, (file) => file === 'agent');
  if (result.exitCode === 0 && agent) return agent.data;
  const hint = `${argv.join(' ')}\n${result.stderr.trim()}`;
  throw new HostError(`cannot compile the agent for ${target.name} guests`, { hint });
}

async function fetchUserland(target: BootTarget, scratch: string, context: Context): Promise<TreeFile[]> {
  const root = path.join(scratch, 'userland');
  const { signal, cache } = context;
  for (const name of packages) {
    const { file } = await downloadDebianPackage(
      { name, ...debianOf(target), directory: cache.downloads },
      { signal, cacheDirectory: cache.root, warn: warning(context) },
    );
    await unpackDebianPackage(file, root, { signal });
  }
  const files = await readFiles(root, isUserland);
  if (files.some(({ path: name }) => name.endsWith('/bin/sh'))) return files;
  throw new HostError(
    `Debian's ${packages.join(' and ')} for ${target.debianArch} hold no shell where one is expected`,
  );
}
