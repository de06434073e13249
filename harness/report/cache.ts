import { type CachePiece, type Freed, formatSize, groupBy } from '../model/index.ts';
import { firstOf, plural } from './words.ts';

const dayMs = 24 * 60 * 60 * 1000;
const most = 20;

function total(pieces: readonly CachePiece[]): number {
  return pieces.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}

/** `today`, `3 days ago` */
function ago(used: number, now: number): string {
  const days = Math.floor((now - used) / dayMs);
  return days <= 0 ? 'today' : `${plural(days, 'day')} ago`;
}

/** What the cache holds by kind: the largest first. @param now milliseconds of the epoch */
export function renderPieces(pieces: readonly CachePiece[], root: string, now: number): string {
  const kinds = [...groupBy(pieces, ({ kind }) => kind)].sort(([, a], [, b]) => total(b) - total(a));
  const row = (name: string, list: readonly CachePiece[]): string[] => {
    const times = list.map(({ used }) => used);
    const [newest, oldest] = [ago(Math.max(...times), now), ago(Math.min(...times), now)];
    const used = newest === oldest ? newest : `${newest} to ${oldest}`;
    return [name, String(list.length), formatSize(total(list)), list.length === 0 ? '' : used];
  };
  const rows = [
    ['kind', 'entries', 'size', 'used'],
    ...kinds.map(([kind, list]) => row(kind, list)),
    row('all', pieces),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((one) => one[column]?.length ?? 0)));
  const line = ([name = '', count = '', size = '', used = '']: readonly string[]): string =>
    [name.padEnd(widths[0] ?? 0), count.padStart(widths[1] ?? 0), size.padStart(widths[2] ?? 0), used]
      .join('  ')
      .trimEnd();
  return [`cache ${root}`, ...rows.map(line), ''].join('\n');
}

/** What was freed, and what stays because a process uses it. */
export function renderFreed({ removed, inUse }: Freed, now: number, dryRun: boolean): string {
  const words = ({ kind, name, bytes = 0, used }: CachePiece): string =>
    `  ${kind} ${name}: ${formatSize(bytes)}, used ${ago(used, now)}`;
  const largest = [...removed].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  const verb = dryRun ? 'would remove' : 'removed';
  return [
    `${verb} ${plural(removed.length, 'entry', 'entries')}, ${formatSize(total(removed))}`,
    ...firstOf(largest.map(words), most),
    ...(inUse.length === 0
      ? []
      : [`in use, left: ${plural(inUse.length, 'entry', 'entries')}`, ...firstOf(inUse.map(words), most)]),
    '',
  ].join('\n');
}
