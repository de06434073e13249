import type { GuestFaults } from '../../model/index.ts';
import type { AgentPort } from '../line/port.ts';

const replySize = 8;
/** Bits of what went wrong; images/agent/faults.c has them. */
const trouble = { lost: 1, unarmed: 2 };

/** Lets allocations of a guest's calls fail. The process that makes the guest's own calls hands it on; images/agent/faults.c. */
export function createFaults(port: AgentPort): GuestFaults {
  const ask = async (
    op: 'n' | 'N',
    [nth, traced]: readonly [number, boolean],
    what: string,
  ): Promise<readonly [number, number]> => {
    const data = Buffer.alloc(8);
    data.writeUInt32BE(nth);
    data.writeUInt32BE(Number(traced), 4);
    const reply = Buffer.from(await port.ask(op, 0, data, what));
    if (reply.length !== replySize) throw port.broken(`the reply to ${what}`);
    return [reply.readUInt32BE(0), reply.readUInt32BE(4)];
  };
  return {
    async start(nth, traced) {
      const [error, subject] = await ask('n', [nth, traced], 'letting an allocation fail');
      return { error, subject };
    },
    async end() {
      const [failed, bits] = await ask('N', [0, false], 'asking whether an allocation has failed');
      return { failed: failed !== 0, lost: (bits & trouble.lost) !== 0, unarmed: (bits & trouble.unarmed) !== 0 };
    },
  };
}
