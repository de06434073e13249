/** What untrusted code is shut in with, the strongest first. */
export const sandboxNames = ['bubblewrap', 'landlock'] as const;

export type SandboxName = (typeof sandboxNames)[number];

/** The weakest of what kernels were built in; undefined where there is none. */
export function weakestSandbox(names: Iterable<SandboxName | 'none'>): SandboxName | 'none' | undefined {
  const found = new Set(names);
  return (['none', ...sandboxNames.toReversed()] as const).find((name) => found.has(name));
}
