import { setTimeout as sleep } from 'node:timers/promises';
import { describeSamples, programCounters, readSystemMap } from '../guest/symbols.ts';
import { readTextIfThere } from '../host/text-file.ts';
import type { Agent } from './agent.ts';
import type { Machine } from './machine.ts';

const samples = 6;
const lastLines = 8;
const answerMs = 800;

/** What can be found out about a guest that does not answer: is its agent alive, where are its CPUs, its last words. */
export async function describeHang(machine: Machine, agent: Agent | undefined): Promise<string> {
  const parts: string[] = [];
  if (agent) {
    const before = performance.now();
    agent.session.nudge();
    await sleep(answerMs);
    parts.push(agent.lastHeard() > before ? 'the agent still answers' : 'the agent does not answer either');
  }
  const places = await programPlaces(machine).catch(() => '');
  if (places !== '') parts.push(`the CPUs are at ${places}`);
  const lines = machine.reader.lines().slice(-lastLines);
  parts.push(lines.length === 0 ? 'the log is empty' : `the log ends with:\n${lines.join('\n')}`);
  return parts.join('; ');
}

async function programPlaces({ qemu, request }: Machine): Promise<string> {
  const found: bigint[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const text = await qemu.monitor.execute('human-monitor-command', { 'command-line': 'info registers -a' }, 2000);
    found.push(...programCounters(String(text)));
    await sleep(20);
  }
  const map = request.kernel.systemMap;
  const text = map === undefined ? undefined : await readTextIfThere(map);
  return describeSamples(found, text === undefined ? undefined : readSystemMap(text));
}
