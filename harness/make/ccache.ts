/** The name of the {@link cachingCompiler} in a build's read-only directory. */
export const cachingCompilerName = 'cc';

/**
 * A compiler that asks ccache first, where that is safe: a script whose first argument is the compiler. It has to be
 * executable, for Kconfig looks for the first word of `CC` with `command -v`.
 *
 * ccache takes its keys from the compiler's list of included files (see `CCACHE_DEPEND`). That list has no `.incbin`, so
 * ccache would bring back an object with the compressed kernel or the vDSO of another build. Assembly therefore goes to
 * the compiler itself, and so does C that has the word. kbuild names the source last.
 */
export const cachingCompiler = `#!/bin/sh
for source; do :; done
case $source in
*.[sS]) exec "$@" ;;
esac
[ -f "$source" ] && grep -q incbin "$source" && exec "$@"
exec ccache "$@"
`;

/**
 * The layers of the compiler cache that a build sees; absolute paths. Results go where `writes` says, and to nobody else:
 * what the patches of a stranger compiled must never become an object of another kernel.
 */
export interface CompilerCache {
  readonly writes: string;
  /** Whether `writes` is a layer that others read as well; one of its own is kept the way ccache keeps its own. */
  readonly shared: boolean;
  /** Layers that are only read, after `writes`. */
  readonly reads: readonly string[];
  /** Take nothing out of any layer, only put results in. */
  readonly fresh: boolean;
}

/**
 * ccache's environment. A layer that is shared has the format of ccache's remote storage, the only one that ccache reads
 * without writing to it; configuration files, which could name programs to run, are not read.
 *
 * @param temporary a directory for files that nobody misses afterwards
 */
export function cacheEnvironment(
  { writes, shared, reads, fresh }: CompilerCache,
  temporary: string,
): Record<string, string> {
  const storage = [...(shared ? [`file:${writes}`] : []), ...reads.map((layer) => `file:${layer}|read-only`)];
  return {
    CCACHE_CONFIGPATH: '/dev/null',
    CCACHE_CONFIGPATH2: '/dev/null',
    // Where only shared layers count, this one stays empty.
    CCACHE_DIR: shared ? `${temporary}/ccache` : writes,
    CCACHE_TEMPDIR: temporary,
    ...(shared ? { CCACHE_REMOTE_ONLY: '1' } : { CCACHE_MAXSIZE: '1G' }),
    ...(storage.length === 0 ? {} : { CCACHE_REMOTE_STORAGE: storage.join(' ') }),
    ...(fresh ? { CCACHE_RECACHE: '1' } : {}),
    CCACHE_NOSTATS: '1',
    CCACHE_NOHASHDIR: '1',
    // Keys come from the compiler's list of included files, which kbuild asks for anyway: a miss then costs next to
    // nothing, where preprocessing everything twice costs half of the compilation. See cachingCompiler.
    CCACHE_DEPEND: '1',
    // Kernels are compiled with -Wdate-time or don't use __DATE__ at all; ccache then needn't look for it.
    CCACHE_SLOPPINESS: 'time_macros',
  };
}
