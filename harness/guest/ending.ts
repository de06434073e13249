import type { GuestGone, Splat } from '../model/index.ts';
import { stripPrefix } from './log/index.ts';

/** What is known when QEMU has ended. */
export interface EndFacts {
  readonly exitCode: number | undefined;
  /** Signal that ended QEMU, if one did. */
  readonly signal: string | undefined;
  /** `reason` of QMP's SHUTDOWN event, if one came. */
  readonly shutdown: string | undefined;
  readonly splats: readonly Splat[];
  readonly stderr: string;
}

export interface Ended {
  readonly ending: GuestGone['ending'];
  readonly message: string;
}

const outside = new Set(['host-signal', 'host-qmp-quit', 'host-ui', 'host-error']);

/** Whose doing the end of QEMU was. The guest's log decides where it says something. */
export function judgeEnd(facts: EndFacts): Ended {
  const fatal = facts.splats.find(({ severity }) => severity === 'fatal');
  if (fatal) return judgeFatal(fatal);
  if (facts.signal !== undefined)
    return { ending: 'host', message: `QEMU was ended by ${facts.signal} from outside${said(facts.stderr)}` };
  if (facts.shutdown !== undefined && outside.has(facts.shutdown))
    return { ending: 'host', message: `QEMU was stopped from outside (${facts.shutdown})` };
  if (facts.shutdown === 'guest-panic')
    return { ending: 'crash', message: 'the kernel stopped the machine in a panic' };
  if (facts.shutdown === 'guest-reset')
    return { ending: 'reboot', message: 'the guest rebooted without a message in its log' };
  if (facts.exitCode !== 0)
    return { ending: 'host', message: `QEMU ended with status ${facts.exitCode ?? '?'}${said(facts.stderr)}` };
  return { ending: 'exit', message: 'the guest switched itself off' };
}

/** A report that ends the guest, as the reason why it is gone. */
export function judgeFatal(splat: Splat): Ended {
  return { ending: splat.family === 'reboot' ? 'reboot' : 'crash', message: splat.title };
}

function said(stderr: string): string {
  const text = stderr.trim().split('\n').slice(-3).join('; ');
  return text === '' ? '' : `: ${text}`;
}

const goodbye =
  /^(?:reboot: )?(?:Power down|Restarting system|System halted)\b|^ACPI: (?:PM: )?Preparing to enter system sleep state S5|^(?:kexec_core: )?Starting new kernel$/;

/** The line with which a kernel says that it ends on purpose, where a log has one: it may be killed before it is gone. */
export function goodbyeIn(lines: readonly string[]): string | undefined {
  return lines.map((line) => stripPrefix(line).text).find((text) => goodbye.test(text));
}
