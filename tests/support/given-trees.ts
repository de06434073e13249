/**
 * Trees that are too big and too far away to be fetched by a test, and what of a tree takes too long to be tested each
 * time. QUILTBOOT_TREES names the trees for which such cases run, as --tree takes them, with blanks between them:
 *
 *   QUILTBOOT_TREES='linux-2.6.22-rc6=git:PATH#v2.6.22-rc6 linux-2.6.24=git:PATH#v2.6.24 linux-6.1' npx ava
 */
import test, { type ExecutionContext } from 'ava';
import { kernelTimeoutMs } from './kernels.ts';

const given = (process.env['QUILTBOOT_TREES'] ?? '').split(/\s+/).filter((word) => word !== '');

/** Declares a case that needs a tree, and perhaps a tool; without them it is skipped, and its title says why. */
export function withTree(
  name: string,
  title: string,
  body: (t: ExecutionContext, tree: string) => Promise<void>,
  missing?: string,
): void {
  const tree = given.find((word) => word === name || word.startsWith(`${name}=`));
  if (tree === undefined || missing !== undefined) {
    const reason = tree === undefined ? 'QUILTBOOT_TREES does not name that tree' : missing;
    test.serial.skip(`${name}: ${title} (${reason})`, () => undefined);
    return;
  }
  test.serial(`${name}: ${title}`, async (t) => {
    t.timeout(kernelTimeoutMs);
    await body(t, tree);
  });
}
