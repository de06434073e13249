import { type Column, type Context, HostError } from '../../model/index.ts';
import { installCommand } from '../../targets/index.ts';
import { missingTools } from '../kernel/toolchain.ts';
import type { RunRequest } from './request.ts';
import { withColumns } from './select.ts';

interface Lack {
  /** Without the tools to build them. */
  readonly columns: readonly Column[];
  /** Debian's packages with the tools. */
  readonly packages: readonly string[];
}

async function lackOf({ selection }: Pick<RunRequest, 'selection'>): Promise<Lack> {
  const columns = selection.columns.filter(({ missing }) => missing === undefined);
  const missing = await Promise.all(columns.map(({ target, toolchain }) => missingTools(target, toolchain)));
  return {
    columns: columns.filter((_, at) => (missing[at] ?? []).length > 0),
    packages: missing.flatMap((tools) => tools.map((tool) => tool.package)),
  };
}

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');

/** Says, before anything is built, for which columns this machine has no compiler, with the one line that installs them all. */
export async function sayMissingTools(request: Pick<RunRequest, 'selection'>, context: Context): Promise<void> {
  const { columns, packages } = await lackOf(request);
  if (columns.length === 0) return;
  const text = `no compiler for ${namesOf(columns)}: not built; to install what is missing: ${installCommand(packages)}`;
  context.emit({ type: 'note', level: 'warning', text });
}

/**
 * A request without the columns that this machine has no compiler for; a note names them.
 *
 * @throws HostError where none is left
 */
export async function withoutMissing<T extends Pick<RunRequest, 'selection'>>(
  request: T,
  context: Context,
): Promise<T> {
  const { selection } = request;
  const lack = await lackOf(request);
  if (lack.columns.length === 0) return request;
  const columns = selection.columns.filter((column) => !lack.columns.includes(column));
  const install = installCommand(lack.packages);
  if (columns.length === 0) {
    const hint = `install them: ${install}`;
    throw new HostError('there is no compiler for any of the targets', { code: 'QB-TOOL', hint });
  }
  const text = `left out, for there is no compiler for them: ${namesOf(lack.columns)}; to install what is missing: ${install}`;
  context.emit({ type: 'note', level: 'warning', text });
  return { ...request, selection: withColumns(selection, columns) };
}
