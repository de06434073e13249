import { parseConfig } from '../../kconfig/index.ts';
import type { Context } from '../../model/index.ts';
import { type KernelMake, type KernelMakeResult, kernelMake } from './make.ts';

/** Whether a configuration makes modules. */
export function hasModules(config: string): boolean {
  return parseConfig(config).get('MODULES') === 'y';
}

/** The image and, where the configuration has them, the modules. */
export function goalsOf({ target, source }: Pick<KernelMake, 'target' | 'source'>, config: string): readonly string[] {
  const { goal } = target.kernelLayout(source.kernelVersion);
  return hasModules(config) ? [goal, 'modules'] : [goal];
}

/** Makes one goal after the other, since two at once race in old trees; the first that fails is the last. */
export async function makeGoals(
  common: Omit<KernelMake, 'goal'>,
  goals: readonly string[],
  context: Context,
): Promise<{ readonly asked: KernelMake; readonly make: KernelMakeResult }> {
  const [goal, ...more] = goals;
  if (goal === undefined) throw new Error('a make without a goal');
  const asked = { ...common, goal };
  const make = await kernelMake(asked, context);
  return more.length === 0 || !make.succeeded ? { asked, make } : makeGoals(common, more, context);
}
