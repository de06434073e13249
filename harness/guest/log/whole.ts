/** Old kernels put it in front of the next message, on one line. */
const dropped = /\*\* (\d{1,12}) printk messages dropped/g;

/** How many messages a kernel says its console has not shown, 0 for a log that is whole. */
export function droppedMessages(lines: readonly string[]): number {
  let sum = 0;
  for (const line of lines) {
    if (!line.includes('messages dropped')) continue;
    for (const match of line.matchAll(dropped)) sum += Number(match[1]);
  }
  return sum;
}
