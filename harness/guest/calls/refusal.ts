import { constants } from 'node:os';
import { GuestErrno, GuestRefusal } from '../../model/index.ts';
import type { AgentRefusal } from '../line/port.ts';
import { errnoName } from './errno.ts';

const { EAGAIN, ESRCH } = constants.errno;

/** What a refusal means for whoever asked. Only what the kernel itself said is an errno of the call. */
export function explainCallRefusal(
  { code, origin }: AgentRefusal,
  call: string,
  pid: number,
): GuestErrno | GuestRefusal {
  if (origin === 'kernel') return new GuestErrno(call, errnoName(code), code);
  if (code === ESRCH) return new GuestRefusal(call, `process ${pid} has ended and makes no more calls`, 'suite');
  if (code === EAGAIN)
    return new GuestRefusal(
      call,
      'the agent keeps 511 processes and 16 running commands, and that many are there',
      'suite',
    );
  return new GuestRefusal(call, `the agent could not use the request (${errnoName(code)})`, 'host');
}
