import { movedBy, readDump } from '../../guest/look/moved.ts';
import type { SymbolTable } from '../../guest/look/symbols.ts';
import type { QmpClient } from '../../host/qemu/qmp.ts';
import { type BootTarget, HostError } from '../../model/index.ts';

interface MovedRequest {
  readonly monitor: Pick<QmpClient, 'execute'>;
  readonly target: BootTarget;
  readonly symbols: SymbolTable;
  /** What `info registers -a` prints. */
  readonly registers: string;
  /** Numbers of the guest's processors. */
  readonly cpus: readonly number[];
}

const monitorMs = 4000;

/**
 * How far the guest's kernel lies from its `System.map`, in bytes; undefined where that can't be found out: each
 * processor that could be asked is in user space, or the kernel has not set up its handlers yet.
 */
export async function howFarMoved(request: MovedRequest): Promise<bigint | undefined> {
  const { anchor } = request.target.qemu;
  const at = anchor.at(request.registers);
  if (at === undefined) return undefined;
  for (const cpu of request.cpus) {
    const found = await bytesAt(request.monitor, cpu, at, anchor.bytes);
    const moved = found && movedBy(anchor.read(found), anchor.functions, request.symbols);
    if (moved !== undefined) return moved;
  }
  return undefined;
}

/** Memory as a processor sees it; undefined where its page tables have nothing there. */
async function bytesAt(
  monitor: Pick<QmpClient, 'execute'>,
  cpu: number,
  address: bigint,
  count: number,
): Promise<Buffer | undefined> {
  try {
    const text = await monitor.execute(
      'human-monitor-command',
      { 'command-line': `x /${count}xb 0x${address.toString(16)}`, 'cpu-index': cpu },
      monitorMs,
    );
    const bytes = readDump(String(text));
    return bytes.length === count ? bytes : undefined;
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
