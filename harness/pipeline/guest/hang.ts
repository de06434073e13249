import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  blockedTasks,
  cpuBacktraces,
  createLogReader,
  heldLocks,
  printableLines,
  stripPrefix,
  traceLines,
} from '../../guest/log/index.ts';
import { describeSamples, programCounters } from '../../guest/look/registers.ts';
import { readHostile, tryHostile } from '../../host/files/hostile.ts';
import { defined, GuestGone, HostError } from '../../model/index.ts';
import type { Agent } from './agent.ts';
import type { Machine } from './machine.ts';
import { howFarMoved } from './moved.ts';
import { symbolTable } from './symbolise.ts';

const samples = 6;
const lastLines = 8;
/** What the agent, QEMU's monitor and the kernel's log may take to answer, in milliseconds. */
const answerMs = 800;
const monitorMs = 4000;
const quietMs = 300;
const speechMs = 2500;
const longestBuffer = 1 << 20;

/**
 * Finds out where a guest sits that does not go on, from the gentlest means to the roughest: its agent, QEMU's monitor,
 * the registers of all CPUs, SysRq, an NMI, the log buffer in its memory. Of no use afterwards: what the log says from
 * here on is our own doing.
 *
 * @returns the reason to give the guest up: `hang`, or `host` where QEMU itself does not move
 */
export async function examineHang(machine: Machine, agent: Agent | undefined, what: string): Promise<GuestGone> {
  machine.hold();
  const alive = agent && (await agentAnswers(agent));
  const problem = await qemuProblem(machine);
  if (problem !== undefined) return new GuestGone('host', `${what}, but the machine is to blame: ${problem}`);
  const facts: string[] = [];
  if (agent) facts.push(alive ? 'the agent still answers' : 'the agent does not answer either');
  const before = machine.reader
    .lines()
    .filter((line) => line.trim() !== '')
    .slice(-lastLines);
  const { places, moved } = await cpuPlaces(machine).catch(() => ({ places: '', moved: undefined }));
  if (places !== '') facts.push(places);
  const details = [...(await hiddenWords(machine, moved)), ...(await askKernel(machine))];
  const ending = before.length === 0 ? ['the log is empty'] : ['the log ends with:', ...before];
  return new GuestGone('hang', [`${what}: ${facts.join('; ')}`, ...details, ...ending].join('\n'));
}

async function agentAnswers(agent: Agent): Promise<boolean> {
  const before = performance.now();
  agent.session.nudge();
  await sleep(answerMs);
  return agent.lastHeard() > before;
}

/** Why QEMU itself stands still; undefined when it runs. */
async function qemuProblem({ qemu }: Machine): Promise<string | undefined> {
  try {
    const answer = (await qemu.monitor.execute('query-status', undefined, monitorMs)) as { readonly status?: string };
    const { status } = answer;
    // A guest that switched itself off or panicked has stopped for reasons of its own.
    if (status === 'paused' || status === 'io-error' || status === 'internal-error') return `QEMU is ${status}`;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where its processors are, and how far the kernel lies from its System.map, where that can be told. */
async function cpuPlaces({ qemu, request }: Machine): Promise<{ readonly places: string; readonly moved?: bigint }> {
  const { target, kernel } = request;
  const found: ReadonlyMap<number, bigint>[] = [];
  let registers = '';
  for (let sample = 0; sample < samples; sample++) {
    const words = { 'command-line': 'info registers -a' };
    registers = String(await qemu.monitor.execute('human-monitor-command', words, monitorMs));
    found.push(programCounters(registers, target.qemu.programCounter));
    await sleep(20);
  }
  const symbols = await symbolTable(kernel.systemMap);
  const cpus = [...(found[0]?.keys() ?? [])];
  const moved = symbols && (await howFarMoved({ monitor: qemu.monitor, target, symbols, registers, cpus }));
  return { places: describeSamples(found, symbols, moved), ...defined({ moved }) };
}

/** Does something that makes the kernel talk, and gives the lines that came. */
async function linesAfter(machine: Machine, action: () => Promise<void>): Promise<readonly string[]> {
  const from = machine.reader.lineCount();
  await action();
  const deadline = performance.now() + speechMs;
  for (let seen = machine.logSize(), still = 0; performance.now() < deadline && still < quietMs; still += 50) {
    await sleep(50);
    if (machine.logSize() !== seen || machine.reader.lineCount() === from) still = -50;
    seen = machine.logSize();
  }
  machine.reader.flush();
  return machine.reader.linesFrom(from);
}

async function typeSysrq({ qemu, request }: Machine, key: string): Promise<void> {
  const { monitor, channel, bytes } = request.target.qemu.sysrq(key);
  if (monitor !== undefined)
    await qemu.monitor.execute('human-monitor-command', { 'command-line': monitor }, monitorMs);
  (channel === 'log' ? qemu.log : qemu.agent).send(Buffer.from(bytes, 'latin1'));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** Blocked tasks, locks and backtraces, as far as the kernel can still tell; all of it stands in the log as well. */
async function askKernel(machine: Machine): Promise<string[]> {
  try {
    const waiting = await linesAfter(machine, () => typeSysrq(machine, 'w'));
    if (waiting.length > 0) {
      const locks = heldLocks(await linesAfter(machine, () => typeSysrq(machine, 'd')));
      const busy = cpuBacktraces(await linesAfter(machine, () => typeSysrq(machine, 'l')));
      // Every task, for whoever reads on in the log.
      await linesAfter(machine, () => typeSysrq(machine, 't'));
      const blocked = blockedTasks(waiting);
      return [
        ...section('busy:', busy),
        ...(blocked.length > 0 ? section('blocked tasks:', blocked) : ['no task is blocked']),
        ...section('locks:', locks),
      ];
    }
    return machine.request.target.qemu.nmiTells ? await interrupt(machine) : [];
  } catch (error) {
    // QEMU has ended meanwhile: what is known is known.
    if (error instanceof HostError) return [];
    throw error;
  }
}

/** An NMI gets through where interrupts are off. The kernel panics, and says where it was. */
async function interrupt(machine: Machine): Promise<string[]> {
  const lines = await linesAfter(machine, async () => {
    await machine.qemu.monitor.execute('inject-nmi', undefined, monitorMs);
  });
  const reader = createLogReader({ wrapsLog: false });
  reader.push(Buffer.from(`${lines.join('\n')}\n`));
  reader.end();
  const trace = reader.splats().find((splat) => splat.trace)?.trace ?? [];
  return section('an NMI found it in:', traceLines(trace));
}

/** What the kernel has said but not printed: its console may be what hangs. */
async function hiddenWords({ qemu, request, reader }: Machine, moved = 0n): Promise<string[]> {
  const symbols = await symbolTable(request.kernel.systemMap);
  const buffer = symbols?.variable('__log_buf');
  if (!buffer) return [];
  const size = Math.min(buffer.size || longestBuffer, longestBuffer);
  const { here, there } = qemu.room.shared('log-buffer');
  const text = await tryHostile(async () => {
    // Physical memory can be read whatever runs; where a moved kernel lies in it only its page tables tell.
    if (moved === 0n) {
      const val = Number(request.target.qemu.physical(buffer.address));
      await qemu.monitor.execute('pmemsave', { val, size, filename: there }, monitorMs);
    } else {
      // An address near the top of 64 bits is a small negative number, which JSON holds exactly.
      const val = Number(BigInt.asIntN(64, buffer.address + moved));
      await qemu.monitor.execute('memsave', { val, size, filename: there }, monitorMs);
    }
    return await readHostile({ root: path.dirname(here), file: path.basename(here), limit: longestBuffer });
  }).catch((error: unknown) => {
    if (error instanceof HostError) return undefined;
    throw error;
  });
  const printed = reader.lines().join('\n');
  const said = printableLines(text ?? Buffer.alloc(0))
    .map((line) => stripPrefix(line).text.trim())
    .filter((line) => line.length > 12);
  // Numbers between the records, and what older ones have left behind, may look like text at both ends.
  const last = said.findLastIndex((line) => printed.includes(line.slice(2, -6)));
  // Behind what was printed last; before that lie messages of levels that are never printed.
  const hidden = last < 0 ? [] : said.slice(last + 1);
  return section('in the log buffer, but not on the console:', hidden.slice(-lastLines));
}
