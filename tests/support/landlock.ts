import type { TestFn } from 'ava';
import test from 'ava';
import { type Sandbox, trySandbox } from '../../harness/host/sandbox/sandbox.ts';

/** The sandbox of Landlock on this machine, whatever else it has; or why it does not work. */
export const landlock: Sandbox | string = await trySandbox('landlock');

/** Where Landlock works, a test; elsewhere it is skipped, and says why. */
export const onLandlock: TestFn = typeof landlock === 'string' ? (test.skip as TestFn) : test;
