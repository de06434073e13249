import { stripPrefix } from './prefix.ts';

const dropped = /^\*\* (\d{1,12}) printk messages dropped/;

/** How many messages a kernel says its console has not shown, 0 for a log that is whole. */
export function droppedMessages(lines: readonly string[]): number {
  return lines.reduce((sum, line) => {
    const count = line.includes('messages dropped') ? dropped.exec(stripPrefix(line).text)?.[1] : undefined;
    return sum + Number(count ?? 0);
  }, 0);
}
