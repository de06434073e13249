import test from 'ava';
import { type Ended, type EndFacts, judgeEnd } from '../../../harness/guest/ending.ts';

const plain: EndFacts = { exitCode: 0, signal: undefined, shutdown: undefined, splats: [], stderr: '' };
const panic = { family: 'panic', title: 'panic: no root file system', excerpt: ['…'], severity: 'fatal' } as const;

test('whose doing the end of QEMU was', (t) => {
  const cases: readonly (readonly [Partial<EndFacts>, Ended['ending'], RegExp])[] = [
    [{ splats: [panic], shutdown: 'guest-reset' }, 'crash', /^panic: no root/],
    [{ splats: [{ ...panic, family: 'reboot', title: 'booted again' }] }, 'reboot', /booted again/],
    [{ shutdown: 'guest-reset' }, 'reboot', /without a message/],
    [{ shutdown: 'guest-panic' }, 'crash', /panic/],
    [{ shutdown: 'guest-shutdown' }, 'exit', /switched itself off/],
    [{ exitCode: undefined, signal: 'SIGKILL' }, 'host', /ended by SIGKILL from outside/],
    [{ shutdown: 'host-signal' }, 'host', /from outside \(host-signal\)/],
    [{ exitCode: 1, stderr: 'a\nout of memory\n' }, 'host', /status 1: a; out of memory/],
  ];
  for (const [facts, ending, message] of cases) {
    const judged = judgeEnd({ ...plain, ...facts });
    t.is(judged.ending, ending);
    t.regex(judged.message, message);
  }
});

test('a crash that the log tells of is the kernel, even when somebody ended QEMU meanwhile', (t) => {
  t.is(judgeEnd({ ...plain, signal: 'SIGKILL', exitCode: undefined, splats: [panic] }).ending, 'crash');
});

test('a report that the guest survives does not explain its end', (t) => {
  const warning = { ...panic, severity: 'error' } as const;
  t.is(judgeEnd({ ...plain, splats: [warning], shutdown: 'guest-shutdown' }).ending, 'exit');
});
