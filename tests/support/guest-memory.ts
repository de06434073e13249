import { open } from 'node:fs/promises';

/** Changes bytes of a guest's memory here and there, in pages that the guest used. */
export async function flipUsedBytes(file: string, count: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const byte = Buffer.alloc(1);
    for (let done = 0; done < count; ) {
      const at = Math.floor(Math.random() * size);
      await handle.read(byte, 0, 1, at);
      if (byte[0] === 0) continue;
      byte[0] = 255 - (byte[0] ?? 0);
      await handle.write(byte, 0, 1, at);
      done += 1;
    }
  } finally {
    await handle.close();
  }
}
