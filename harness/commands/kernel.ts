import path from 'node:path';
import { UserError } from '../model/index.ts';
import { buildPoint, debianKernel, debianPrefix, hostBootTarget, type Kernel } from '../pipeline/index.ts';
import { bootTarget } from '../targets/index.ts';
import type { Io } from './io.ts';
import type { RunOptions } from './series-command.ts';
import type { Session } from './session.ts';

export interface KernelOptions extends RunOptions {
  readonly kernel?: string;
  readonly dialect?: string;
  readonly features?: readonly string[];
  readonly gdb?: true;
}

/** `--kernel IMAGE --target T`: an image that quiltboot did not build, or one of Debian's packages. */
export async function givenKernel(io: Io, session: Session, options: KernelOptions): Promise<Kernel> {
  const [name, ...more] = options.target ?? [];
  if (name === undefined || more.length > 0) {
    throw new UserError('--kernel needs exactly one --target', {
      code: 'QB-USAGE',
      hint: 'for instance: --kernel bzImage --target x86_64',
    });
  }
  const { kernel = '' } = options;
  const target = hostBootTarget(name);
  if (!kernel.startsWith(debianPrefix)) return { image: path.resolve(io.cwd, kernel), target };
  return await debianKernel(kernel.slice(debianPrefix.length), target, session.context);
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
  return await buildPoint(
    { project, selection, target: bootTarget(target), points: options.points ?? 'final' },
    session.context,
  );
}
