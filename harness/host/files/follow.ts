import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a followed file is looked at, in milliseconds. */
const followEveryMs = 60;

/**
 * Calls `onLine` for each whole line that others append to a file, from its beginning, until `stop` is called. `stop`
 * resolves when everything written before it was read.
 */
export function followLines(file: string, onLine: (line: string) => void): { stop(): Promise<void> } {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  let stopped = false;

  const readOn = async (): Promise<void> => {
    const handle = await open(file, 'r').catch(() => undefined);
    if (!handle) return;
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      }
    } finally {
      await handle.close();
    }
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      onLine(line);
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await readOn();
      await sleep(followEveryMs);
    }
    await readOn();
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}
