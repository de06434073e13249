/** The name of the {@link cachingCompiler} in ccache's directory. */
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
