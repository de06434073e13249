import type { KernelMake } from './make.ts';

/**
 * Gives a make the wanted configuration. It is put in place where make runs, for a build may have made anything of its
 * `.config`; one that is equal already keeps its time, which decides what is rebuilt.
 */
export function withConfiguration(config: string): Required<Pick<KernelMake, 'files' | 'before'>> {
  return {
    files: { config },
    before:
      '[ -f .config ] && [ ! -L .config ] && cmp -s "$own/config" .config || ' +
      '{ rm -rf .config && cp "$own/config" .config; } || exit 1',
  };
}
