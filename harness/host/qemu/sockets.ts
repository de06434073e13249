import { open } from 'node:fs/promises';
import net from 'node:net';
import { withHostErrors } from '../files/errors.ts';

/** Bytes in both directions; nothing is lost before somebody listens. */
export interface Channel {
  send(data: Uint8Array): void;
  /** One listener; it gets what came before, too. */
  onData(listener: (chunk: Buffer) => void): void;
  readonly closed: Promise<void>;
  close(): void;
}

export interface Listener {
  readonly path: string;
  /** The first client. Rejects when the listener is closed before one came. */
  readonly connection: Promise<Channel>;
  close(): void;
}

/** Listens on a Unix socket for one client. */
export async function listen(socketPath: string): Promise<Listener> {
  const server = net.createServer({ pauseOnConnect: false });
  const connection = new Promise<Channel>((resolve, reject) => {
    server.once('connection', (socket) => {
      server.close();
      resolve(channelOf(socket));
    });
    server.once('close', () => reject(new Error(`nobody connected to ${socketPath}`)));
  });
  connection.catch(() => undefined);
  await withHostErrors(
    `listen on ${socketPath}`,
    () =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(socketPath, () => {
          server.off('error', reject);
          resolve();
        });
      }),
  );
  return { path: socketPath, connection, close: () => void server.close() };
}

/** A connected socket as a {@link Channel}: always read from, so that the other side never has to wait for us. */
function channelOf(socket: net.Socket): Channel {
  let early: Buffer[] | undefined = [];
  let listener: ((chunk: Buffer) => void) | undefined;
  socket.on('data', (chunk) => {
    if (listener) listener(chunk);
    else early?.push(chunk);
  });
  // A broken connection is told by `closed`; QEMU's end says why.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  return {
    send(data) {
      if (!socket.destroyed && data.length > 0) socket.write(data);
    },
    onData(next) {
      listener = next;
      for (const chunk of early ?? []) next(chunk);
      early = undefined;
    },
    closed,
    close: () => void socket.destroy(),
  };
}

/**
 * Listens on a socket and writes everything that one client sends into a file; `done` resolves at the end of the stream.
 * `close` gives up waiting for a client.
 *
 * @param limit bytes after which the client is hung up on
 */
export async function receiveFile(
  socketPath: string,
  file: string,
  limit: number,
): Promise<{ readonly done: Promise<void>; close(): void }> {
  const listener = await listen(socketPath);
  const done = listener.connection.then(async (channel) => {
    const handle = await withHostErrors(`write ${file}`, () => open(file, 'w'));
    try {
      let queue: Promise<unknown> = Promise.resolve();
      let size = 0;
      channel.onData((chunk) => {
        size += chunk.length;
        if (size > limit) {
          channel.close();
          return;
        }
        queue = queue.then(() => handle.write(chunk));
        queue.catch(() => undefined);
      });
      await channel.closed;
      await withHostErrors(`write ${file}`, async () => {
        await queue;
      });
    } finally {
      await handle.close();
      listener.close();
    }
  });
  done.catch(() => undefined);
  return { done, close: () => listener.close() };
}
