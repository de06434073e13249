import path from 'node:path';
import { UserError } from '../model/index.ts';
import { buildPoint, hostTarget, type Kernel } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import type { RunOptions } from './series-command.ts';
import type { Session } from './session.ts';

export interface KernelOptions extends RunOptions {
  readonly kernel?: string;
  readonly dialect?: string;
  readonly features?: readonly string[];
  readonly gdb?: true;
}

/** `--kernel IMAGE --target T`: an image that quiltboot did not build. */
export function givenKernel(io: Io, options: KernelOptions): Kernel {
  const [name, ...more] = options.target ?? [];
  if (name === undefined || more.length > 0) {
    throw new UserError('--kernel needs exactly one --target', {
      code: 'QB-USAGE',
      hint: 'for instance: --kernel bzImage --target x86_64',
    });
  }
  return { image: path.resolve(io.cwd, options.kernel ?? ''), target: hostTarget(name) };
}

/** Where the text about gdb goes, if it was asked for. */
export function gdbOf(io: Io, options: KernelOptions): { readonly onGdb?: (text: string) => void } {
  return options.gdb ? { onGdb: io.err } : {};
}

/** Builds the one point and target that are chosen. */
export async function buildOne(
  session: Session,
  project: Parameters<typeof buildPoint>[0]['project'],
  selection: Parameters<typeof buildPoint>[0]['selection'],
  options: KernelOptions,
): Promise<Kernel> {
  const [target, ...more] = options.target === undefined ? selection.targets.slice(0, 1) : selection.targets;
  if (target === undefined || more.length > 0)
    throw new UserError('name one target', { code: 'QB-USAGE', hint: 'for instance: --target s390x' });
  return await buildPoint({ project, selection, target, points: options.points ?? 'final' }, session.context);
}
