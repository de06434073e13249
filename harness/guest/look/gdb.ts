import type { BootTarget } from '../../model/index.ts';

/** What a person types to debug a guest that waits for gdb. */
export interface GdbSession {
  readonly target: BootTarget;
  /** Socket of QEMU's gdb stub; absolute. */
  readonly socket: string;
  /** The ELF file with the symbols, where it is known. */
  readonly vmlinux?: string;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The command that connects, with architecture and symbols. */
function gdbCommand({ target, socket, vmlinux }: GdbSession): string[] {
  const { command, architecture } = target.gdb;
  return [
    command,
    ...(vmlinux === undefined ? [] : [vmlinux]),
    ...['-ex', `set architecture ${architecture}`, '-ex', `target remote ${socket}`],
  ];
}

/** A few lines for a terminal: the command, and what to do first. */
export function describeGdb(session: GdbSession): string {
  const { target, vmlinux } = session;
  return `${[
    `the ${target.name} guest waits for gdb before its first instruction; in another terminal:`,
    '',
    `  ${gdbCommand(session).map(quoted).join(' ')}`,
    '',
    ...(vmlinux === undefined
      ? ['no vmlinux was found beside the image; with one: (gdb) symbol-file PATH/vmlinux']
      : [`symbols: ${vmlinux}`, 'files and lines as well, if the kernel has CONFIG_DEBUG_INFO']),
    'then: (gdb) hbreak start_kernel, (gdb) continue',
  ].join('\n')}\n`;
}
