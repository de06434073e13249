import path from 'node:path';
import { addr2lineArguments, placeFrame, readAddr2line } from '../../guest/look/addr2line.ts';
import { addressOfFrame, readSystemMap, type SymbolTable } from '../../guest/look/symbols.ts';
import { readText } from '../../host/files/read.ts';
import { runProcess } from '../../host/process.ts';
import { inspectionArguments } from '../../host/sandbox/sandbox.ts';

import type { Splat, Target } from '../../model/index.ts';

/** Where the names of a kernel are. */
export interface KernelSymbols {
  /** `System.map`; absolute. */
  readonly systemMap?: string;
  /** The ELF file, with debug information or without; absolute. */
  readonly vmlinux?: string;
}

/** addr2line reads the debug information of the whole kernel; where it takes longer the report goes without places. */
const lookUpMs = 30_000;

const tables = new Map<string, Promise<SymbolTable | undefined>>();

/** The table of a System.map, read once; undefined where there is none. */
export function symbolTable(file: string | undefined): Promise<SymbolTable | undefined> {
  if (file === undefined) return Promise.resolve(undefined);
  const known = tables.get(file);
  if (known) return known;
  const table = readText(file).then((text) => (text === undefined ? undefined : readSystemMap(text)));
  tables.set(file, table);
  return table;
}

/** The table out of the ELF file itself. */
async function symbolsOf(
  vmlinux: string,
  { crossCompile }: Pick<Target, 'crossCompile'>,
): Promise<SymbolTable | undefined> {
  const argv = await inspectionArguments([`${crossCompile}nm`, vmlinux], path.dirname(vmlinux));
  const result = await runProcess({ argv, timeoutMs: lookUpMs });
  return result.exitCode === 0 ? readSystemMap(result.stdout) : undefined;
}

/**
 * Adds files and lines, inlined functions included, to the call traces of reports. What cannot be told (no debug
 * information, no addr2line for the target) is left out: names and offsets are there in any case. Never rejects.
 */
export async function symbolise(
  splats: readonly Splat[],
  kernel: KernelSymbols,
  target: Pick<Target, 'crossCompile'>,
): Promise<readonly Splat[]> {
  const { vmlinux, systemMap } = kernel;
  if (vmlinux === undefined || splats.every(({ trace }) => trace === undefined)) return splats;
  const symbols = await (systemMap === undefined ? symbolsOf(vmlinux, target) : symbolTable(systemMap)).catch(
    () => undefined,
  );
  if (!symbols) return splats;
  const wanted = new Set(splats.flatMap(({ trace = [] }) => trace.map((frame) => addressOfFrame(frame, symbols))));
  const addresses = [...wanted].filter((address) => address !== undefined);
  if (addresses.length === 0) return splats;
  const lookUp = [`${target.crossCompile}addr2line`, ...addr2lineArguments(vmlinux, addresses)] as const;
  const argv = await inspectionArguments([...lookUp], path.dirname(vmlinux));
  const result = await runProcess({ argv, timeoutMs: lookUpMs }).catch(() => undefined);
  if (result?.exitCode !== 0) return splats;
  const places = readAddr2line(result.stdout);
  return splats.map((splat) => {
    if (!splat.trace) return splat;
    const trace = splat.trace.map((frame) => {
      const address = addressOfFrame(frame, symbols);
      return placeFrame(frame, (address !== undefined && places.get(address)) || []);
    });
    return { ...splat, trace };
  });
}
