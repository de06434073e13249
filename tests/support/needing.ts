import test, { type Implementation } from 'ava';

/**
 * Declares a test that needs something of the machine: without it, it is skipped and its title says why.
 *
 * @param declare `test.serial` for one that shares the machine with no other test of its file
 */
export function needing(
  what: string,
  isThere: boolean,
  declare: Pick<typeof test.serial, 'skip'> & ((title: string, run: Implementation<[]>) => void) = test,
): (title: string, run: Implementation<[]>) => void {
  return (title, run) =>
    isThere ? declare(title, run) : declare.skip(`${title} (skipped: this machine has no ${what})`, run);
}
