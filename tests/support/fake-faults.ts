/** Allocations of a fake guest: `allocate KIND` is a call that makes one, and KIND is what happens where that one fails. */
import { type FaultsReply, GuestErrno, type GuestFaults } from '../../harness/model/index.ts';

const forced = `FAULT_INJECTION: forcing a failure.
name failslab, interval 1, probability 0, space 0, times 0
CPU: 0 PID: 33 Comm: init Not tainted 6.1.0 #1
Call Trace:
 <TASK>
 dump_stack_lvl+0x34/0x44
 should_fail_ex.cold+0x32/0x37
 kmem_cache_alloc+0x3e/0x200
 quilt_alloc+0x2a/0x130
 vfs_mkdir+0x5c/0x90
 </TASK>
init: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)
`;

const [quiet = ''] = /^.*\n.*\n/.exec(forced) ?? [];

/** What is wrong with a fake guest's fail-nth. */
export type FaultsState = 'none' | 'lost' | 'unarmed' | 'kmemleak';

export interface FakeFaults extends GuestFaults {
  /** A call with an allocation; resolves with `whole`, or with what `when` says of the one that fails. */
  allocate(kind: string): string;
  readonly leaked: () => boolean;
}

const lacks: FaultsReply = { error: 2, subject: 1 };

export function fakeFaults(state: FaultsState | undefined, say: (text: string) => void): FakeFaults {
  let left = 0;
  let isTraced = false;
  let failed = false;
  let leaked = false;
  return {
    start: async (nth, traced) => {
      left = nth;
      isTraced = traced;
      return Promise.resolve(state === 'none' ? lacks : { error: 0, subject: 0 });
    },
    end: async () => Promise.resolve({ failed, lost: state === 'lost', unarmed: state === 'unarmed' }),
    allocate(kind) {
      left -= 1;
      if (left !== 0) return 'whole';
      failed = true;
      if (kind !== 'quietly') say(isTraced ? forced : quiet);
      if (kind === 'refuse') throw new GuestErrno('quilt()', 'ENOMEM', 12);
      if (kind === 'leak') leaked = true;
      return kind;
    },
    leaked: () => leaked,
  };
}
