import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { WebSocket } from 'undici';
import { defined } from '../../harness/model/index.ts';

/** A page in a headless browser. */
export interface Page {
  /** The value of an expression in the page; promises are waited for. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression holds in the page; the test's own time-out ends the wait. */
  until(expression: string): Promise<void>;
  /** Presses a key: `Tab`, `Enter`, `ArrowDown`. */
  press(key: string): Promise<void>;
  /** What the page's console and the browser complained about. */
  complaints(): readonly string[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly entry?: { readonly text: string };
    readonly exceptionDetails?: { readonly text: string };
  };
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string };
  };
}

const program = 'chromium';
const codes: Readonly<Record<string, { readonly code: number; readonly text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: '\r' },
  ArrowLeft: { code: 37 },
  ArrowUp: { code: 38 },
  ArrowRight: { code: 39 },
  ArrowDown: { code: 40 },
};

/** Whether this machine has the browser. */
export async function hasBrowser(): Promise<boolean> {
  return (await execa(program, ['--version'], { reject: false, stdio: 'ignore' })).exitCode === 0;
}

/** Opens a file in a window of the given width; the browser ends with the test. */
export async function openPage(t: ExecutionContext, file: string, width = 1000): Promise<Page> {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-browser-'));
  const browser = execa(
    program,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
      ...[`--window-size=${width},900`, `file://${file}`],
    ],
    { reject: false, detached: true, buffer: false, stdin: 'ignore', stdout: 'ignore' },
  );
  t.teardown(async () => {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await browser;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    browser.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /DevTools listening on ws:\/\/([^/]+)\//.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    });
    browser.stderr.on('end', () => reject(new Error(`the browser ended:\n${said}`)));
  });
  const pages = (await (await fetch(`http://${address}/json/list`)).json()) as {
    readonly type: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no connection to the browser')));
  });
  const waiting = new Map<number, (message: Message) => void>();
  const complaints: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    const complaint = message.params?.entry?.text ?? message.params?.exceptionDetails?.text;
    if (complaint !== undefined) complaints.push(complaint);
  });
  let last = 0;
  const send = (method: string, params: object = {}): Promise<Message> => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => void waiting.set(id, resolve));
  };
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (result?.exceptionDetails) throw new Error(`${expression}: ${result.exceptionDetails.text}`);
    return result?.result?.value as T;
  };
  const until = async (expression: string): Promise<void> => {
    while (!(await evaluate<boolean>(expression))) await sleep(20);
  };
  await send('Log.enable');
  await send('Runtime.enable');
  // The empty page that a browser begins with is complete as well.
  await until(`location.protocol === 'file:' && document.readyState === 'complete'`);
  return {
    evaluate,
    until,
    async press(key) {
      const { code, text } = codes[key] ?? { code: 0 };
      const common = { key, code: key, windowsVirtualKeyCode: code };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...common, ...defined({ text }) });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...common });
    },
    complaints: () => complaints,
  };
}
