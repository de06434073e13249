import { createLogReader } from '../../harness/guest/log/index.ts';
import type { LogString } from './extract.ts';

/** What stands for a conversion of printf in an example. */
const examples: readonly (readonly [RegExp, string])[] = [
  [/^%p[SsFfB]\w?/, 'thread_pull+0x1c/0x40'],
  [/^%p[dD]\d?/, 'spool'],
  [/^%pV[f]?/, 'spool'],
  [/^%p[A-Z]\w*/, 'spool'],
  [/^%[-+ #0-9.*]*(?:ll|l|h|hh|z|t|L|j)?p/, 'ffff888003a1c0e0'],
  [/^%[-+ #0-9.*]*(?:ll|l|h|hh|z|t|L|j)?[xX]/, '1f'],
  [/^%[-+ #0-9.*]*(?:ll|l|h|hh|z|Z|t|L|j|q)?[diuo]/, '7'],
  [/^%[-+ #0-9.*]*c/, 'x'],
  [/^%[-+ #0-9.*]*l?s/, 'spool'],
  [/^%%/, '%'],
];

/** A format string as the log may show it: its lines. */
export function render(format: string): readonly string[] {
  const plain = format
    .replace(/^(?:<[0-7cd]>|\\001[0-7cd]|\\0013?)/, '')
    .replace(/\\t/g, '\t')
    .replace(/\\"/g, '"')
    .replace(/\\r/g, '')
    .replace(/\\\\/g, '\\');
  const text = plain.replace(
    /%(?:%|[-+ #0-9.*]*(?:ll|l|hh|h|z|Z|t|L|j|q)?[a-zA-Z](?:[SsFfBdDVIiMmUuOoNaAbBGgJReEtrKkhCx]\w{0,3})?)/g,
    (piece) => {
      for (const [pattern, example] of examples) {
        const match = pattern.exec(piece);
        if (match) return example + piece.slice(match[0].length);
      }
      return piece;
    },
  );
  return text.split('\\n').filter((line) => line.trim() !== '');
}

const stack = [
  'CPU: 0 PID: 63 Comm: spool Not tainted 6.1.0 #1',
  'Call Trace:',
  ' <TASK>',
  ' thread_pull+0x1c/0x40',
  ' thread_wind+0x9a/0x120',
  ' </TASK>',
];
const after: Readonly<Record<LogString['kind'], readonly string[]>> = {
  panic: ['CPU: 0 PID: 63 Comm: spool Not tainted 6.1.0 #1', 'Call Trace:', ' thread_pull+0x1c/0x40'],
  warn: [
    '------------[ cut here ]------------',
    'WARNING: CPU: 0 PID: 63 at kernel/spool.c:12 thread_pull+0x1c/0x40',
    ...stack,
  ],
  die: ['Oops: 0002 [#1] SMP', ...stack],
  dump: stack,
  level: [],
};

/** The log of an example, and what a reader finds in it. */
export function findings({ format, kind, call }: LogString): readonly string[] {
  const own = render(format);
  const head = kind === 'panic' && /panic$/.test(call) ? own.map((line) => `Kernel panic - not syncing: ${line}`) : own;
  const lines =
    kind === 'warn' && /^WARN/.test(call) ? [...after.warn.slice(0, 2), ...own, ...stack] : [...head, ...after[kind]];
  const reader = createLogReader({ wrapsLog: false });
  reader.push(Buffer.from(lines.map((line, index) => `[   31.${String(415_926 + index)}] ${line}\n`).join('')));
  reader.end();
  return reader.splats().map(({ title }) => title);
}
