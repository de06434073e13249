import test from 'ava';

/** Whether the long form of the tests was asked for (`npm run test:all`). */
export const long = process.env['QUILTBOOT_TEST_ALL'] === '1';

/**
 * A test whose kind another test of `npm test` shows already, at a higher price than most: `npm test` counts it as skipped,
 * `npm run test:all` runs it.
 */
export const detail = long ? test : test.skip;
