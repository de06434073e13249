import path from 'node:path';
import type { Declaration } from './declarations.ts';
import type { MissingName } from './missing.ts';

const forms: readonly (readonly [RegExp, string])[] = [
  [/^include\/uapi\/(.+)$/, '$1'],
  [/^arch\/[^/]+\/include\/(?:generated\/)?(?:uapi\/)?(asm\/.+)$/, '$1'],
  [/^include\/asm-generic\/(.+)$/, 'asm/$1'],
  [/^include\/asm-[^/]+\/(.+)$/, 'asm/$1'],
  [/^include\/(.+)$/, '$1'],
];

/** `<linux/kmod.h>` for `include/linux/kmod.h`; undefined for a file that is no header of the whole kernel. */
export function includeSpec(file: string): string | undefined {
  if (!file.endsWith('.h')) return undefined;
  for (const [form, name] of forms) if (form.test(file)) return `<${file.replace(form, name)}>`;
  return undefined;
}

/** Whether a header is some architecture's (or generated, or the other half of one that user space sees). */
function isInner(file: string): boolean {
  return /^(?:arch\/|include\/(?:asm|uapi\/|generated\/|vdso\/))/.test(file);
}

/** Whether a header belongs to one architecture, generated ones included. */
export function isOfArchitecture(file: string): boolean {
  return /^(?:arch\/|include\/asm-(?!generic))/.test(file);
}

/** Whether a header holds the basic words of kernel C, which every other header brings. */
export function isVocabulary(file: string): boolean {
  return /(?:^|\/)(?:(?:posix_)?types|int-ll64|int-l64|stddef|compiler[\w-]*|kconfig|autoconf|const|build_bug|stringify)\.h$/.test(
    file,
  );
}

/** `spinlock` of `include/linux/spinlock.h`. */
function baseName(file: string): string {
  return path.basename(file, '.h');
}

/** What a header says of itself, in an `#error` or in words: that it is only for another header to include. */
const refusal =
  /#\s*error\s.*(?:direct|only|instead)|(?:do(?:n['’]t| not)|never|must not|should not|not be) +(?:\w+ +)?include[d]? (?:\w+ +){0,3}directly|not (?:meant )?to be included directly/i;

/**
 * Whether a header is only a part of another that includes it: `spinlock_api_smp.h` of `spinlock.h`, `asm/atomic.h` of
 * `linux/atomic.h`, one that says so itself and, unless `how` is strict, any header of an architecture of the header
 * around it.
 */
export function isPartOf(
  inner: string,
  outer: string,
  innerText: string | undefined,
  how: 'strict' | 'lenient' = 'lenient',
): boolean {
  const [part, whole] = [baseName(inner), baseName(outer)];
  if (part.startsWith(`${whole}_`) || part.startsWith(`${whole}-`)) return true;
  if (part === whole && isInner(inner)) return true;
  if (how === 'lenient' && isInner(inner) && !inner.startsWith('include/uapi/linux/')) return true;
  return innerText !== undefined && refusal.test(innerText);
}

/** Whether a declaration is of the kind that a use needs. */
export function fits({ kind }: Declaration, missing: Pick<MissingName, 'kind'>): boolean {
  if (missing.kind === 'struct') return kind === 'struct';
  if (missing.kind === 'type') return kind === 'typedef' || kind === 'macro';
  return kind !== 'struct' && kind !== 'typedef';
}

/** Headers of the whole kernel first, then what the architecture has; near the top before far down. */
export function rank(file: string): number {
  const depth = file.split('/').length;
  if (file.startsWith('include/linux/')) return depth;
  if (file.startsWith('include/uapi/linux/')) return 10 + depth;
  if (file.startsWith('include/asm-generic/')) return 30 + depth;
  if (file.startsWith('include/')) return 20 + depth;
  return 40 + depth;
}
