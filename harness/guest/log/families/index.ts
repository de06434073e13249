import type { Family } from '../family.ts';
import { bugs, cutHere, otherBugs, workLeaks } from './bug.ts';
import { checkers } from './checkers.ts';
import { fatal } from './fatal.ts';
import { lockdep } from './lockdep.ts';
import { memory } from './memory.ts';
import { others } from './other.ts';
import { s390 } from './s390.ts';
import { stalls } from './stall.ts';
import { x86Reports } from './x86.ts';

/** Every family; the first start that matches a line decides, so the vague ones come last. */
export const families: readonly Family[] = [
  cutHere,
  ...fatal,
  ...s390,
  ...x86Reports,
  ...others,
  ...bugs,
  ...stalls,
  ...lockdep,
  ...checkers,
  ...memory,
  workLeaks,
  ...otherBugs,
];
