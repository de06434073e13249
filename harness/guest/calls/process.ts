import {
  GuestErrno,
  type GuestFile,
  type GuestProcess,
  GuestProcessEnded,
  type GuestTask,
  type MountRequest,
  type SystemCall,
  type SystemCallShape,
} from '../../model/index.ts';
import { type AgentPort, AgentProcessEnded, AgentRefusal, type Born } from '../line/port.ts';
import { callText, shown } from './call-text.ts';
import { type Argument, type Call, type CallResult, decodeResults, encodeCalls, errorOf } from './calls.ts';
import { errnoName } from './errno.ts';
import { explainCallRefusal } from './refusal.ts';
import { decodeCpus, decodeNames, decodeStat, encodeCpus } from './structs.ts';

const readSize = 16_384;
const wholeFile = 60_000;
/** Bytes of a file that are read to its end. */
const longestFile = 64 * 1024 * 1024;
const openFlags = { r: 0, w: 1, rw: 2, create: 0o100, truncate: 0o1000, append: 0o2000 };
const openDirectory = 0o200000;
const mountFlags = { readonly: 1, nosuid: 2, nodev: 4, noexec: 8, remount: 32, bind: 4096 };
const namespaces = {
  uts: 0x04000000,
  ipc: 0x08000000,
  mount: 0x00020000,
  pid: 0x20000000,
  net: 0x40000000,
  user: 0x10000000,
  cgroup: 0x02000000,
};

/** Makes lists of system calls in one process, and turns failures into the model's errors. */
export function createCaller(port: AgentPort, self: { readonly handle: number; readonly pid: number }) {
  const shapeOf = (name: SystemCall): SystemCallShape => port.target.systemCalls[name];

  const explain = (error: unknown, text: string): unknown => {
    if (error instanceof AgentProcessEnded) return new GuestProcessEnded(self.pid, error.end, text);
    if (!(error instanceof AgentRefusal)) return error;
    return explainCallRefusal(error, text, self.pid);
  };

  const guarded = async <T>(text: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw explain(error, text);
    }
  };

  /** Resolves with what the kernel answered, failures included. */
  const attempt = async (calls: readonly Call[], what: string): Promise<CallResult[]> => {
    const request = encodeCalls(calls, shapeOf);
    const reply = await guarded(what, () => port.ask('c', self.handle, request, what));
    const results = decodeResults(reply, calls.length);
    if (!results || results.length === 0) throw port.broken(`the reply to ${what}`);
    return results;
  };

  /** Rejects with the first failure; a reader sees that call by the text of its index. */
  const list = async (
    calls: readonly Call[],
    texts: readonly string[],
    what = texts.at(-1) ?? '',
  ): Promise<CallResult[]> => {
    const results = await attempt(calls, what);
    for (const result of results) {
      const code = errorOf(result);
      if (code !== undefined) throw new GuestErrno(texts[result.index] ?? what, errnoName(code), code);
    }
    return results;
  };

  const one = async (
    name: SystemCall,
    args: readonly Argument[],
    text: string,
    options: Pick<Call, 'sized'> = {},
  ): Promise<CallResult> => {
    const [result] = await list([{ name, args, ...options }], [text]);
    if (!result) throw port.broken(`the reply to ${text}`);
    return result;
  };
  return { attempt, list, one, guarded };
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
}

/** The system calls of one process of the guest. `self.pid` is read at the time of a call. */
export function createProcess(port: AgentPort, self: { readonly handle: number; readonly pid: number }): GuestProcess {
  const { list, one, guarded } = createCaller(port, self);
  const simple = async (name: SystemCall, ...args: (string | number)[]): Promise<void> => {
    await one(name, args, callText(name, args));
  };

  /** Opens, makes a call until it returns nothing, closes; goes on in further requests where one reply can't hold it. */
  const drain = async (path: string, flags: number, name: 'read' | 'getdents64', room: number): Promise<Uint8Array> => {
    const texts = [callText('open', [path]), callText(name, [path]), callText('close', [path])];
    const readCall = (fd: Argument): Call => ({ name, args: [fd, { output: room }, 0], sized: true, repeat: true });
    let results = await list(
      [
        { name: 'open', args: [path, flags, 0] },
        readCall({ resultOf: 0 }),
        { name: 'close', args: [{ resultOf: 0 }], ifWhole: true, always: true },
      ],
      texts,
      texts[1],
    );
    const fd = results[0]?.value ?? -1;
    const parts = results.filter(({ index }) => index === 1).map(({ output }) => output);
    let size = 0;
    while (!results.some(({ index }) => index === 2)) {
      results = await list(
        [{ name: 'lseek', args: [fd, 0, 1] }, readCall(fd), { name: 'close', args: [fd], ifWhole: true, always: true }],
        texts,
        texts[1],
      );
      const further = results.filter(({ index }) => index === 1).map(({ output }) => output);
      parts.push(...further);
      size += further.reduce((sum, part) => sum + part.length, 0);
      if (size > longestFile) throw new Error(`${texts[1]}: there is no end to it within ${longestFile} bytes`);
      if (further.length === 0) throw port.broken(`the reply to ${texts[1]}`);
    }
    return Buffer.concat(parts);
  };

  const openFile = (fd: number, path: string): GuestFile => ({
    fd,
    async read(length = readSize) {
      const size = Math.min(length, wholeFile);
      const { output } = await one('read', [fd, { output: size }, size], callText('read', [path, length]), {
        sized: true,
      });
      return Buffer.from(output).toString('utf8');
    },
    async write(data) {
      const bytes = bytesOf(data);
      return (await one('write', [fd, bytes, bytes.length], callText('write', [path, shown(data)]))).value;
    },
    async seek(offset) {
      await one('lseek', [fd, offset, 0], callText('lseek', [path, offset]));
    },
    async close() {
      await one('close', [fd], callText('close', [path]));
    },
  });

  const calls: GuestProcess = {
    get pid() {
      return self.pid;
    },
    readBytes: (path) => drain(path, openFlags.r, 'read', wholeFile),
    read: async (path) => Buffer.from(await calls.readBytes(path)).toString('utf8'),
    async write(path, data, options = {}) {
      const bytes = bytesOf(data);
      const flags =
        openFlags.w |
        (options.create ? openFlags.create : 0) |
        (options.append ? openFlags.append : options.create ? openFlags.truncate : 0);
      const text = callText('write', [path, shown(data)]);
      const results = await list(
        [
          { name: 'open', args: [path, flags, 0o644] },
          { name: 'write', args: [{ resultOf: 0 }, bytes, bytes.length] },
          { name: 'close', args: [{ resultOf: 0 }], always: true },
        ],
        [callText('open', [path]), text, callText('close', [path])],
        text,
      );
      const taken = results.find(({ index }) => index === 1)?.value ?? 0;
      if (taken !== bytes.length) throw new Error(`${text}: took ${taken} of ${bytes.length} bytes`);
    },
    async open(path, mode, options = {}) {
      const flags = openFlags[mode] | (options.create ? openFlags.create : 0);
      const { value } = await one('open', [path, flags, 0o644], callText('open', [path, mode]));
      return openFile(value, path);
    },
    async mkdir(path, mode = 0o755) {
      await one('mkdir', [path, mode], callText('mkdir', [path]));
    },
    rmdir: (path) => simple('rmdir', path),
    unlink: (path) => simple('unlink', path),
    rename: (from, to) => simple('rename', from, to),
    chdir: (path) => simple('chdir', path),
    async chmod(path, mode) {
      await one('chmod', [path, mode], `chmod(${JSON.stringify(path)}, 0${mode.toString(8)})`);
    },
    chown: (path, uid, gid) => simple('chown', path, uid, gid),
    async mount({ type, target, source = 'none', options, flags = [] }: MountRequest) {
      const bits = flags.reduce((sum, flag) => sum | mountFlags[flag], 0);
      const text = callText('mount', [source, target, type, bits, options ?? '']);
      await one('mount', [source, target, type, bits, options ?? 0], text);
    },
    umount: (path, options = {}) => simple('umount', path, options.detach ? 2 : 0),
    async readdir(path) {
      const flags = port.target.openDirectory ?? openDirectory;
      return decodeNames(await drain(path, flags, 'getdents64', 32_768), port.target);
    },
    async stat(path) {
      const { size } = port.target.stat;
      const { output } = await one('stat', [path, { output: size }], callText('stat', [path]));
      if (output.length < size) throw port.broken('the reply to stat()');
      return decodeStat(output, port.target);
    },
    exists: (path) =>
      calls.stat(path).then(
        () => true,
        (error: unknown) => {
          if (error instanceof GuestErrno && (error.errno === 'ENOENT' || error.errno === 'ENOTDIR')) return false;
          throw error;
        },
      ),
    async setIds({ uid, gid }) {
      const calls: Call[] = [];
      const texts: string[] = [];
      for (const [name, id] of [
        ['setgid', gid],
        ['setuid', uid],
      ] as const) {
        if (id === undefined) continue;
        calls.push({ name, args: [id] });
        texts.push(callText(name, [id]));
      }
      if (calls.length > 0) await list(calls, texts);
    },
    setresuid: (real, effective, saved) => simple('setresuid', real, effective, saved),
    async unshare(which) {
      const bits = which.reduce((sum, name) => sum | namespaces[name], 0);
      await one('unshare', [bits], callText('unshare', [which.join('|')]));
    },
    async sched_setaffinity(pid, cpus) {
      const mask = encodeCpus(cpus, port.target);
      await one('sched_setaffinity', [pid, mask.length, mask], callText('sched_setaffinity', [pid, cpus.join(',')]));
    },
    async sched_getaffinity(pid) {
      const { value, output } = await one(
        'sched_getaffinity',
        [pid, 128, { output: 128 }],
        callText('sched_getaffinity', [pid]),
      );
      return decodeCpus(output.subarray(0, value), port.target);
    },
    kill: (pid, signal) => simple('kill', pid, signal),
    fork: async () => createTask(port, await guarded('fork()', () => port.fork(self.handle))),
    async thread() {
      const reply = await guarded('clone()', () => port.ask('t', self.handle, Buffer.alloc(0), 'clone()'));
      if (reply.length < 4) throw port.broken('the reply to clone()');
      return Buffer.from(reply).readUInt32BE(0);
    },
  };
  return calls;
}

/** A process that was forked for the suite. */
function createTask(port: AgentPort, born: Born): GuestTask {
  const { handle, pid, ended } = born;
  const { guarded } = createCaller(port, born);
  const argument = (value: number): Buffer => {
    const data = Buffer.alloc(4);
    data.writeInt32BE(value);
    return data;
  };
  return {
    ...createProcess(port, born),
    async spin(ms: number) {
      const text = callText('spin', [ms]);
      await guarded(text, () => port.ask('s', handle, argument(Math.round(ms)), text, ms));
    },
    async spinForever() {
      await guarded('spin()', () => port.ask('S', handle, Buffer.alloc(0), 'spin()'));
    },
    async exit(status = 0) {
      await port.exit(handle, status);
      await port.within(ended, `exit(${status}) of process ${pid}`);
    },
    async end() {
      port.kill(handle, 9);
      await port.within(ended, `the end of process ${pid}`);
    },
    async wait() {
      const { status, signal } = await port.within(ended, `the end of process ${pid}`);
      return { status, signal };
    },
  };
}
