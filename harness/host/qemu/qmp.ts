import { HostError } from '../../model/index.ts';
import type { Channel } from './sockets.ts';

interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** QEMU's monitor: commands are answered in their order, events come in between. */
export interface QmpClient {
  /**
   * Runs a command and resolves with what it returns.
   *
   * @throws HostError when QEMU answers with an error, doesn't answer in time, or is gone
   */
  execute(command: string, args?: Readonly<Record<string, unknown>>, timeoutMs?: number): Promise<unknown>;
  onEvent(listener: (event: QmpEvent) => void): void;
}

/** Characters of a line; the answer to the registers of all CPUs is the longest. */
const longestLine = 16 * 1024 * 1024;

interface Waiting {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Speaks QMP on a connected channel; resolves after the greeting and the exchange of capabilities. */
export async function openQmp(channel: Channel, timeoutMs = 20_000): Promise<QmpClient> {
  const waiting: Waiting[] = [];
  const listeners: ((event: QmpEvent) => void)[] = [];
  const early: QmpEvent[] = [];
  let rest = '';
  let gone = false;
  let greeted: () => void = () => undefined;
  const greeting = new Promise<void>((resolve) => {
    greeted = resolve;
  });

  const onMessage = (message: Record<string, unknown>): void => {
    if ('QMP' in message) greeted();
    else if (typeof message.event === 'string') {
      const event = { event: message.event, data: (message.data ?? {}) as Record<string, unknown> };
      if (listeners.length === 0) early.push(event);
      for (const listener of listeners) listener(event);
    } else if ('return' in message) waiting.shift()?.resolve(message.return);
    else if ('error' in message) {
      const entry = waiting.shift();
      const { desc } = (message.error ?? {}) as { readonly desc?: unknown };
      entry?.reject(new HostError(`QEMU's monitor refused ${entry.command}: ${String(desc)}`, { code: 'QB-QEMU' }));
    }
  };

  channel.onData((chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    const messages = lines.filter((line) => line.trim() !== '').map(parse);
    for (const message of messages) if (message) onMessage(message);
    // QEMU never sends that. Whoever got hold of it is hung up on, which is the end of the guest.
    if (rest.length > longestLine || messages.includes(undefined)) channel.close();
  });
  channel.closed
    .then(() => {
      gone = true;
      for (const entry of waiting.splice(0))
        entry.reject(new HostError(`QEMU ended during ${entry.command}`, { code: 'QB-QEMU' }));
    })
    .catch(() => undefined);

  const client: QmpClient = {
    execute: (command, args, limit = timeoutMs) =>
      within(
        new Promise((resolve, reject) => {
          if (gone) {
            reject(new HostError(`QEMU is gone: cannot ask for ${command}`, { code: 'QB-QEMU' }));
            return;
          }
          waiting.push({ command, resolve, reject });
          channel.send(Buffer.from(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`));
        }),
        limit,
        `QEMU's monitor did not answer ${command}`,
      ),
    onEvent(listener) {
      listeners.push(listener);
      for (const event of early.splice(0)) listener(event);
    },
  };
  await within(
    Promise.race([
      greeting,
      channel.closed.then(() => Promise.reject(new HostError('QEMU ended at once', { code: 'QB-QEMU' }))),
    ]),
    timeoutMs,
    "QEMU's monitor does not greet",
  );
  await client.execute('qmp_capabilities');
  return client;
}

/** A message; undefined where it is none. */
function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function within<T>(promise: Promise<T>, ms: number, text: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new HostError(`${text} within ${ms / 1000} s`, { code: 'QB-QEMU', retryable: true })),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
