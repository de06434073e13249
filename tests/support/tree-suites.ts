import type { ExecutionContext } from 'ava';
import { emptyPlace, type Place, placeIn } from './program.ts';

/** A place with a project of no patch, whose suites come from the real 6.1 tree itself. */
export async function placeOfTreeSuites(
  t: ExecutionContext,
  { targets, suites }: { readonly targets: readonly string[]; readonly suites: readonly string[] },
): Promise<Place> {
  const { directory } = await emptyPlace(t);
  // The user's own cache: the tree is in it.
  const place = placeIn(directory, { NO_COLOR: '1' });
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: own, tree: linux-6.1, targets: [${targets.join(', ')}]}
trees:
  linux-6.1: {base: "6.1", debian: linux-source-6.1, fragments: [builtin]}
series:
  own:
    trust: own
    suites: ${JSON.stringify(suites)}
    bases: {"6.1": {}}
`,
  );
  return place;
}
