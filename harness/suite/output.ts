import { AsyncLocalStorage } from 'node:async_hooks';
import process from 'node:process';
import { CaseOutput } from '../guest/case-output.ts';

const current = new AsyncLocalStorage<CaseOutput>();

/** Runs a case so that what it prints, now or later, goes to its output as well. */
export function withOutput<T>(output: CaseOutput, action: () => T): T {
  return current.run(output, action);
}

/** From here on what the code of a case prints on stdout or stderr is kept with the case. Called once in a process. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: []): boolean => {
      current.getStore()?.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      return write(chunk, ...rest);
    };
  }
}
