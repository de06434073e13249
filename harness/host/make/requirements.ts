import { exists } from '../files/kind.ts';
import { findCommand, versionLine } from './toolchain.ts';

/** How to see whether something is on the machine. */
export type Check =
  | { readonly command: string; readonly args: readonly string[] }
  | { readonly files: readonly [string, ...string[]] };

/** What was found: the version or the file; undefined when it is missing. */
export async function findRequirement(check: Check): Promise<string | undefined> {
  if ('files' in check) {
    for (const file of check.files) if (await exists(file)) return file;
    return undefined;
  }
  const found = await findCommand(check.command);
  return found === undefined ? undefined : ((await versionLine(check.command, check.args)) ?? `${found} (no version)`);
}
