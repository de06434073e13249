import type { FragmentUse } from '../kernel/configure.ts';
import { ownFiles } from '../project.ts';
import type { CellState } from './work.ts';

type Instrumented = Pick<CellState, 'coverage'> & { readonly request: Pick<CellState['request'], 'faults'> };

/** What kernels are made for beside being tested, and whether those of a run are. */
const purposes = {
  coverage: ({ coverage }: Instrumented) => coverage !== undefined,
  faults: ({ request }: Instrumented) => request.faults !== undefined,
} as const;

type Purpose = keyof typeof purposes;

function purposesOf(state: Instrumented): Purpose[] {
  return (Object.keys(purposes) as Purpose[]).filter((name) => purposes[name](state));
}

/** Options that come with the package for one purpose; a kernel that cannot have them is built without them. */
export function purposeFragment(name: Purpose): FragmentUse {
  return { path: ownFiles[name], overrides: true, optional: true };
}

/** The options of all purposes that the kernels of a run are made for. */
export function purposeFragments(state: Instrumented): FragmentUse[] {
  return purposesOf(state).map(purposeFragment);
}

/** A configuration's name with what else its kernels are made for: those have build directories of their own. */
export function purposeConfiguration(state: Instrumented, name: string | undefined): string | undefined {
  const all = purposesOf(state);
  return all.length === 0 ? name : [name ?? 'default', ...all].join('-');
}
