import { AsyncLocalStorage } from 'node:async_hooks';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';

/** What is kept of one case's output: so many lines, each of so many characters. */
const most = { lines: 200, characters: 1000 };

/** What a case prints, bounded: the beginning, and how much came after it. */
export class CaseOutput {
  private readonly kept: string[] = [];
  private left = 0;
  private rest = '';

  write(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = (parts.pop() ?? '').slice(0, most.characters);
    for (const part of parts) this.keep(part);
  }

  /** Adds text as whole lines, after what has no line end yet. */
  add(text: string): void {
    this.endLine();
    for (const line of text.split('\n')) this.keep(line);
  }

  lines(): readonly string[] {
    this.endLine();
    return this.left === 0 ? this.kept : [...this.kept, `… and ${this.left} more lines`];
  }

  private endLine(): void {
    if (this.rest !== '') this.keep(this.rest);
    this.rest = '';
  }

  private keep(line: string): void {
    if (this.kept.length >= most.lines) this.left += 1;
    else this.kept.push(stripVTControlCharacters(line).slice(0, most.characters));
  }
}

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
