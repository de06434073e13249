import type { BootTarget } from '../../model/index.ts';
import { type ArchiveEntry, writeNewc } from './newc.ts';

/** Where Debian's klibc-utils keeps its programs. */
const klibcPrograms = 'usr/lib/klibc/bin/';

const devices = [
  ['console', 5, 1, 0o600],
  ['null', 1, 3, 0o666],
  ['zero', 1, 5, 0o666],
  ['full', 1, 7, 0o666],
  ['random', 1, 8, 0o666],
  ['urandom', 1, 9, 0o666],
  ['kmsg', 1, 11, 0o644],
  ['tty', 5, 0, 0o666],
] as const;

/** Programs that klibc lacks and the agent acts as when it is called by their names; see images/agent/tool.c. */
const agentTools = ['rmdir'];

/** Which files of the klibc packages a guest needs: programs and the library that they all load. */
export function isUserland(path: string): boolean {
  return path.startsWith(klibcPrograms) || /^(?:usr\/)?lib\/klibc-[^/]+\.so$/.test(path);
}

/**
 * The root of a guest: the agent as /init, device nodes for kernels without devtmpfs, the klibc programs with links in
 * /bin, and whatever else is asked for. An extra entry replaces one of ours.
 */
export function writeInitramfs(request: {
  readonly target: Pick<BootTarget, 'agentDevice'>;
  readonly agent: Uint8Array;
  readonly userland: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly extra: readonly ArchiveEntry[];
}): Buffer {
  const { major, minor, path: agentPath } = request.target.agentDevice;
  const entries = new Map<string, ArchiveEntry>();
  const add = (entry: ArchiveEntry): void => void entries.set(entry.path, entry);
  for (const path of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp']) add({ type: 'directory', path });
  for (const [name, nodeMajor, nodeMinor, mode] of devices) {
    add({ type: 'character', path: `dev/${name}`, major: nodeMajor, minor: nodeMinor, mode });
  }
  add({ type: 'character', path: agentPath.replace(/^\//, ''), major, minor });
  add({ type: 'file', path: 'init', data: request.agent, mode: 0o755 });
  for (const tool of agentTools) add({ type: 'link', path: `bin/${tool}`, target: '/init' });
  for (const { path, data } of request.userland) {
    add({ type: 'file', path, data, mode: 0o755 });
    if (path.startsWith(klibcPrograms)) {
      add({ type: 'link', path: `bin/${path.slice(klibcPrograms.length)}`, target: `/${path}` });
    }
  }
  for (const entry of request.extra) add(entry);
  return writeNewc([...entries.values()]);
}
