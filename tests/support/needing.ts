import test, { type Implementation } from 'ava';

/** Declares a test that needs something of the machine: without it, it is skipped and its title says why. */
export function needing(what: string, isThere: boolean): (title: string, run: Implementation<[]>) => void {
  return (title, run) =>
    isThere ? test(title, run) : test.skip(`${title} (skipped: this machine has no ${what})`, run);
}
