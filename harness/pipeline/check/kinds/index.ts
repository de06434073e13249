import type { SeriesCheck } from './check.ts';
import { checkpatch } from './checkpatch.ts';
import { exportsCheck } from './exports.ts';
import { fixes } from './fixes.ts';
import { kconfig } from './kconfig.ts';
import { kernelDoc } from './kernel-doc.ts';
import { maintainers } from './maintainers.ts';
import { signOff } from './sign-off.ts';
import { sparse } from './sparse.ts';
import { moreWarnings } from './warnings.ts';

/** Every check, in the order of their columns: those of the mail, of the text, and those that compile. */
export const checks: readonly SeriesCheck[] = [
  signOff,
  fixes,
  maintainers,
  checkpatch,
  kconfig,
  exportsCheck,
  kernelDoc,
  moreWarnings,
  sparse,
];
