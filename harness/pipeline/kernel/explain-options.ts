import { readHostileText, tryHostile } from '../../host/files/hostile.ts';
import { explainLost, type LostOption, type ResolvedConfig, readDefinitions } from '../../kconfig/index.ts';
import type { Source, Target } from '../../model/index.ts';

/** Most bytes of a Kconfig file or makefile. */
const mostBytes = 4 * 2 ** 20;

export interface OptionPlace {
  /** Absolute: a checkout of the source. */
  readonly worktree: string;
  readonly source: Pick<Source, 'kernelVersion'>;
  readonly target: Target;
}

/** Reads files of a checkout by their names in the tree; undefined for one that is not there or can't be read. */
export function treeReader(worktree: string): (file: string) => Promise<string | undefined> {
  return (file) => tryHostile(() => readHostileText({ root: worktree, file, limit: mostBytes, links: true }));
}

/** Why options were not granted, by symbol; one of which the Kconfig files don't tell is missing. */
export async function explainOptions(
  lost: readonly Pick<LostOption, 'symbol' | 'value'>[],
  config: ResolvedConfig,
  { worktree, source, target }: OptionPlace,
): Promise<Record<string, string>> {
  const { arch } = target.kernelLayout(source.kernelVersion);
  const definitions = await readDefinitions(treeReader(worktree), ['Kconfig', `arch/${arch}/Kconfig`], {
    ARCH: arch,
    SRCARCH: target.sourceArch(source.kernelVersion),
  });
  const reasons = lost.map((option) => [option.symbol, explainLost(option, definitions, config)] as const);
  return Object.fromEntries(reasons.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
