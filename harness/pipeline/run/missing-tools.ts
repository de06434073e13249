import { type Context, HostError, type Target } from '../../model/index.ts';
import { installCommand } from '../../targets/index.ts';
import { missingTools } from '../kernel/toolchain.ts';
import type { RunRequest } from './request.ts';

interface Lack {
  /** Without the tools to build for them. */
  readonly targets: readonly Target[];
  /** Debian's packages with the tools. */
  readonly packages: readonly string[];
}

async function lackOf({ selection }: Pick<RunRequest, 'selection'>): Promise<Lack> {
  const { targets, toolchain } = selection;
  const missing = await Promise.all(targets.map((target) => missingTools(target, toolchain)));
  return {
    targets: targets.filter((_, at) => (missing[at] ?? []).length > 0),
    packages: missing.flatMap((tools) => tools.map((tool) => tool.package)),
  };
}

const namesOf = (targets: readonly Target[]): string => targets.map(({ name }) => name).join(', ');

/** Says, before anything is built, for which targets this machine has no compiler, with the one line that installs them all. */
export async function sayMissingTools(request: Pick<RunRequest, 'selection'>, context: Context): Promise<void> {
  const { targets, packages } = await lackOf(request);
  if (targets.length === 0) return;
  const text = `no compiler for ${namesOf(targets)}: not built; to install what is missing: ${installCommand(packages)}`;
  context.emit({ type: 'note', level: 'warning', text });
}

/**
 * A request without the targets that this machine has no compiler for; a note names them.
 *
 * @throws HostError where none is left
 */
export async function withoutMissing<T extends Pick<RunRequest, 'selection'>>(
  request: T,
  context: Context,
): Promise<T> {
  const { selection } = request;
  const lack = await lackOf(request);
  if (lack.targets.length === 0) return request;
  const targets = selection.targets.filter((target) => !lack.targets.includes(target));
  const install = installCommand(lack.packages);
  if (targets.length === 0) {
    const hint = `install them: ${install}`;
    throw new HostError('there is no compiler for any of the targets', { code: 'QB-TOOL', hint });
  }
  const text = `left out, for there is no compiler for them: ${namesOf(lack.targets)}; to install what is missing: ${install}`;
  context.emit({ type: 'note', level: 'warning', text });
  return { ...request, selection: { ...selection, targets } };
}
