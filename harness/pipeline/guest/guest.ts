import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCollector, encodeCommand, outcomeOf } from '../../guest/calls/command.ts';
import { createFaults } from '../../guest/calls/faults.ts';
import { freshenCalls, seedBytes } from '../../guest/calls/freshen.ts';
import { createCaller, createProcess } from '../../guest/calls/process.ts';
import type { AgentPort } from '../../guest/line/port.ts';
import { stripPrefix } from '../../guest/log/index.ts';
import {
  type BootTarget,
  type CommandOutcome,
  type CommandSpec,
  type Guest,
  GuestGone,
  type LoadedModule,
} from '../../model/index.ts';
import { type Agent, connectAgent } from './agent.ts';
import { firstDeadlines, type GuestDeadlines, patienceBeyond } from './deadlines.ts';
import { examineHang } from './hang.ts';
import { type Machine, type MachineRequest, startMachine } from './machine.ts';
import { loadModules } from './modules.ts';

export interface BootRequest extends MachineRequest {
  /** Loaded as soon as the agent answers. */
  readonly modules?: readonly LoadedModule[];
  readonly deadlines?: Partial<GuestDeadlines>;
}

/** A guest, and what only this program may do with it. */
export interface OpenGuest extends Guest {
  readonly machine: Machine;
  readonly agent: Agent;
  /** Milliseconds from starting QEMU to the first completed call. */
  readonly readyMs: number;
}

/**
 * Boots a kernel, waits for its agent and loads the modules that were asked for.
 *
 * @throws GuestGone when the guest does not come up (its message says what is known), ModuleFault when it does not take a
 * module, HostError when QEMU cannot be started, InterruptedError when `signal` asked to stop
 */
export async function bootGuest(
  request: BootRequest,
  options: {
    readonly signal: AbortSignal;
    /** Called with the machine when it does not come up, while its log can still be asked for. */
    readonly onMachine?: (machine: Machine) => void;
  },
): Promise<OpenGuest> {
  const started = performance.now();
  const machine = await startMachine(request, options);
  try {
    const guest = await openGuest(machine, {
      started,
      awake: false,
      ...(request.deadlines && { deadlines: request.deadlines }),
    });
    await loadModules(guest, request.modules ?? []);
    return guest;
  } catch (error) {
    await machine.close();
    options.onMachine?.(machine);
    throw error;
  }
}

/** Opens the agent of a machine that boots or was restored; closes the machine when that fails. */
export async function openGuest(
  machine: Machine,
  options: { readonly started: number; readonly awake: boolean; readonly deadlines?: Partial<GuestDeadlines> },
): Promise<OpenGuest> {
  const deadlines = { ...firstDeadlines, ...options.deadlines };
  const agent = connectAgent({
    channel: machine.qemu.agent,
    target: machine.request.target,
    callMs: deadlines.callMs,
    beyond: patienceBeyond,
    awake: options.awake,
    onBroken(what) {
      const error = new GuestGone('crash', `the guest broke the protocol of its agent: ${what}`);
      machine.giveUp(error);
      return error;
    },
    onHang: (what, ms) => giveUpHanging(machine, agent, `${what} did not end within ${seconds(ms)}`),
  });
  void machine.gone.then((reason) => agent.fail(reason));
  try {
    await Promise.race([agent.opened, silence(machine, deadlines), lateBoot(machine, deadlines)]);
    const self = { handle: 0, pid: 0 };
    const { value } = await createCaller(agent.port, self).one('getpid', [], 'getpid()');
    self.pid = value;
    if (options.awake) await freshen(agent, self, machine.request.target);
    const readyMs = Math.round(performance.now() - options.started);
    return makeGuest(machine, agent, self, deadlines, readyMs);
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** Every guest out of a snapshot would draw the same random bytes, and see the time of the snapshot. */
async function freshen(
  agent: Agent,
  self: { readonly handle: number; readonly pid: number },
  target: BootTarget,
): Promise<void> {
  const calls = freshenCalls(target, { seed: randomBytes(seedBytes), now: Date.now() });
  await createCaller(agent.port, self).attempt(calls, 'setting the clock');
}

const examinations = new WeakMap<Machine, Promise<GuestGone>>();

/**
 * Examines a guest once: the deadline of a call and that of its case may come at the same time, and the second to ask
 * would find a QEMU that the first one has ended, and blame the machine.
 */
async function giveUpHanging(machine: Machine, agent: Agent, what: string): Promise<GuestGone> {
  const known = examinations.get(machine);
  if (known) return await known;
  const gone = machine.ended();
  if (gone) return gone;
  const examine = async (): Promise<GuestGone> => {
    const error = await examineHang(machine, agent, what);
    machine.giveUp(error);
    return error;
  };
  const made = examine();
  examinations.set(machine, made);
  return await made;
}

async function silence(machine: Machine, { firstOutputMs }: GuestDeadlines): Promise<never> {
  await wait(machine, firstOutputMs);
  if (machine.logSize() === 0) await wait(machine, patienceBeyond(firstOutputMs));
  if (machine.logSize() > 0) return await new Promise<never>(() => undefined);
  throw await examineHang(machine, undefined, `the kernel printed nothing within ${seconds(firstOutputMs)}`);
}

async function lateBoot(machine: Machine, { bootMs }: GuestDeadlines): Promise<never> {
  await wait(machine, bootMs);
  await wait(machine, patienceBeyond(bootMs));
  const size = machine.logSize();
  const printed = size > 1_000_000 ? ` (it printed ${Math.round(size / 1e6)} MB)` : '';
  throw await examineHang(machine, undefined, `the agent did not come up within ${seconds(bootMs)}${printed}`);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** Sleeps, but not beyond the end of the machine, and never keeps the program alive. */
async function wait(machine: Machine, ms: number): Promise<void> {
  const stop = new AbortController();
  void machine.gone.then(() => stop.abort());
  await sleep(ms, undefined, { ref: false, signal: stop.signal }).catch(() => new Promise<never>(() => undefined));
}

function makeGuest(
  machine: Machine,
  agent: Agent,
  self: { readonly handle: number; pid: number },
  deadlines: GuestDeadlines,
  readyMs: number,
): OpenGuest {
  const { reader } = machine;
  const own = createProcess(agent.port, self);
  const run = (command: CommandSpec | readonly [string, ...string[]]): Promise<CommandOutcome> =>
    runCommand(agent.port, 'argv' in command ? command : { argv: command }, deadlines.commandMs);
  // Whoever kills the process that makes our calls gets another one, with another pid.
  const follow = async (): Promise<void> => {
    for (;;) {
      await agent.port.firstEnded();
      self.pid = (await createCaller(agent.port, self).one('getpid', [], 'getpid()')).value;
    }
  };
  follow().catch(() => undefined);
  return {
    ...own,
    get pid() {
      return self.pid;
    },
    machine,
    agent,
    readyMs,
    target: machine.request.target,
    run,
    async sh(script) {
      const outcome = await run(['/bin/sh', '-c', script]);
      if (outcome.status === 0) return outcome.stdout;
      const how = outcome.timedOut
        ? 'did not end in time'
        : outcome.signal === null
          ? `ended with status ${outcome.status ?? '?'}`
          : `was ended by signal ${outcome.signal}`;
      throw new Error(`the script ${how}: ${JSON.stringify(script)}\n${(outcome.stderr || outcome.stdout).trimEnd()}`);
    },
    log: (from = 0) => (from === 0 ? reader.lines() : reader.linesFrom(from)),
    logLength: () => reader.lineCount(),
    ended: () => machine.ended(),
    splats: () => reader.splats(),
    waitForLog: (pattern, timeoutMs = 10_000) => waitForLog(machine, pattern, timeoutMs),
    async until(what, condition, timeoutMs = 10_000) {
      const deadline = performance.now() + timeoutMs;
      for (let pause = 5; !(await condition()); pause = Math.min(2 * pause, 200)) {
        if (performance.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
        await sleep(pause);
      }
    },
    faults: createFaults(agent.port),
    examine: (what) => giveUpHanging(machine, agent, what),
    close: () => machine.close(),
  };
}

async function waitForLog(machine: Machine, pattern: RegExp, timeoutMs: number): Promise<string> {
  const matches = (line: string): boolean => {
    // With the kernel's prefixes or without.
    return [line, stripPrefix(line).text].some((text) => {
      pattern.lastIndex = 0;
      return pattern.test(text);
    });
  };
  const already = machine.reader.lines().find(matches);
  if (already !== undefined) return already;
  let timer: NodeJS.Timeout | undefined;
  let stop: () => void = () => undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      stop = machine.onLine((line) => {
        if (matches(line)) resolve(line);
      });
      timer = setTimeout(
        () => reject(new Error(`no log line matches ${String(pattern)} within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      void machine.gone.then((reason) => {
        const last = machine.reader.lines().find(matches);
        if (last === undefined) reject(reason);
        else resolve(last);
      });
    });
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** Runs a program as a child of the guest's own process, with its whole group killed at the deadline. */
async function runCommand(port: AgentPort, spec: CommandSpec, commandMs: number): Promise<CommandOutcome> {
  const what = `running ${spec.argv.join(' ').slice(0, 80)}`;
  const stdout = createCollector();
  const stderr = createCollector();
  let timedOut = false;
  const running = await createCaller(port, { handle: 0, pid: 0 }).guarded(what, () =>
    port.start(0, encodeCommand(spec), {
      onStdout(chunk) {
        stdout.push(chunk);
        spec.onOutput?.(chunk, 'stdout');
      },
      onStderr(chunk) {
        stderr.push(chunk);
        spec.onOutput?.(chunk, 'stderr');
      },
    }),
  );
  const limit = spec.timeoutMs ?? commandMs;
  const deadline = setTimeout(() => {
    timedOut = true;
    running.kill(9);
  }, limit);
  const feed = async (): Promise<void> => {
    const input = typeof spec.stdin === 'string' ? Buffer.from(spec.stdin, 'utf8') : spec.stdin;
    if (input && input.length > 0) await running.write(input);
    await running.write(Buffer.alloc(0));
  };
  // A command may end before it has read its input; its end is what counts.
  feed().catch(() => undefined);
  try {
    const end = await port.within(running.ended, what, limit);
    return outcomeOf(spec, end, { stdout: stdout.text(), stderr: stderr.text(), timedOut });
  } finally {
    clearTimeout(deadline);
  }
}
