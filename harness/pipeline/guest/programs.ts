import path from 'node:path';
import { glibcCompiler, klibcCompiler, readKlcc } from '../../guest/image/klibc-compiler.ts';
import { nolibcCompiler } from '../../guest/image/nolibc-compiler.ts';
import { downloadDebianPackage, unpackDebianPackage } from '../../host/fetch/apt.ts';
import { fileStamp, hashFile, hashValues } from '../../host/files/hash.ts';
import { listDirectory, listFiles } from '../../host/files/list.ts';
import { mustReadBytes, mustReadText, readBytes } from '../../host/files/read.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { userPath } from '../../host/files/user-path.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { mustRun, runProcess, tail } from '../../host/process.ts';
import { type BootTarget, type Context, defined, type GuestProgram, UserError, warning } from '../../model/index.ts';
import { debianOf } from '../../targets/index.ts';
import { findCompiler } from './compiler.ts';

/** Changes when programs are compiled otherwise than before. */
const recipe = 1;
const packages = ['libklibc-dev', 'linux-libc-dev'];
/** Where Debian's package has klibc. */
const prefix = 'usr/lib/klibc';
const shownLines = 20;
const nolibc = path.join(import.meta.dirname, '..', '..', '..', 'images', 'nolibc');

/** What a program is made of: its sources, the headers beside them, and what stands for a C library. */
export async function programInputs({
  sources,
  location,
  libc,
}: GuestProgram): Promise<readonly (readonly [string, string])[]> {
  const files = new Set<string>();
  for (const source of sources) {
    await userPath('file', { path: source, what: 'C source', ...defined({ location }) });
    files.add(source);
    const beside = path.dirname(source);
    for (const name of await listDirectory(beside)) if (name.endsWith('.h')) files.add(path.join(beside, name));
  }
  if (libc === 'none') for (const file of await listFiles(nolibc)) files.add(file);
  return await Promise.all([...files].map(async (file) => [path.basename(file), await hashFile(file)] as const));
}

/**
 * Compiles a program of the user's static for a target, or takes it from the cache.
 *
 * @throws UserError when it does not compile, HostError when there is no compiler or no C library
 */
export async function compileProgram(program: GuestProgram, target: BootTarget, context: Context): Promise<Buffer> {
  const compiler = await findCompiler(target);
  const { name, libc, flags } = program;
  const inputs = await programInputs(program);
  const key = hashValues(
    recipe,
    target.name,
    target.guestCompilerFlags,
    libc,
    flags,
    inputs,
    await fileStamp(compiler),
  );
  const kept = path.join(context.cache.images, 'programs', `${target.name}-${name}-${key.slice(0, 16)}`);
  const known = await readBytes(kept);
  if (known !== undefined && !context.fresh) return known;
  return await withScratch({ purpose: 'program', parent: context.cache.images }, async (scratch) => {
    const output = path.join(scratch, 'program');
    const argv = await commandFor(program, target, { scratch, output }, context);
    const result = await runProcess({ argv, cwd: path.dirname(program.sources[0] ?? '/'), signal: context.signal });
    if (result.exitCode !== 0) throw doesNotCompile(program, target, result.stderr);
    const data = await mustReadBytes(output);
    await writeFileAtomic(kept, data);
    return data;
  });
}

async function commandFor(
  { sources, flags, libc }: GuestProgram,
  target: BootTarget,
  { scratch, output }: { readonly scratch: string; readonly output: string },
  context: Context,
): Promise<[string, ...string[]]> {
  const request = { target, sources, flags, output };
  if (libc === 'glibc') return glibcCompiler(request);
  if (libc === 'none') return nolibcCompiler(request, nolibc);
  const { signal, cache } = context;
  const root = path.join(scratch, 'klibc');
  for (const name of packages) {
    const wanted = { name, ...debianOf(target), directory: cache.downloads };
    const { file } = await downloadDebianPackage(wanted, {
      signal,
      cacheDirectory: cache.root,
      warn: warning(context),
    });
    await unpackDebianPackage(file, root, { signal });
  }
  const ask = async (question: string): Promise<string> => {
    const argv = [`${target.crossCompile}gcc`, ...target.guestCompilerFlags, question] as const;
    return (await mustRun({ argv: [...argv], signal }, 'asking the compiler where its files are')).stdout.trim();
  };
  return klibcCompiler(request, {
    settings: readKlcc(await mustReadText(path.join(root, 'usr', 'bin', 'klcc'))),
    prefix: path.join(root, prefix),
    builtin: await ask('-print-file-name=include'),
    libgcc: await ask('-print-libgcc-file-name'),
  });
}

const adviceFor: Readonly<Record<GuestProgram['libc'], string>> = {
  glibc: 'its C library is the static one of the cross compiler: is libc6-dev for the target installed?',
  klibc: 'its C library is klibc, which is small; libc: glibc takes the one of the cross compiler',
  none: 'it has no C library: #include "sys.h" and "text.h" (images/nolibc) have all that there is',
};

function doesNotCompile({ name, sources, libc, location }: GuestProgram, target: BootTarget, said: string): UserError {
  const first = said.split('\n').find((line) => /\berror\b|undefined reference|cannot find/.test(line)) ?? '';
  const files = sources.map((file) => path.basename(file)).join(', ');
  return new UserError(`the program ${name} (${files}) does not compile for ${target.name}: ${first.trim()}`, {
    code: 'QB-GUEST-FILE',
    hint: `${tail(said, shownLines)}\n${adviceFor[libc]}`,
    ...defined({ location }),
  });
}
