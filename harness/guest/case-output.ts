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

/** Most lines of a case's output that stand beside the reason why it fails; the case has all of them. */
const mostShown = 30;

/** What stands of a case's output beside the reason why it fails. */
export function shownOutput(output: readonly string[]): string[] {
  if (output.length === 0) return [];
  const left = output.length - mostShown;
  return [
    'the case printed:',
    ...(left > 0 ? [`  … ${left} lines before`] : []),
    ...output.slice(-mostShown).map((line) => `  ${line}`),
  ];
}
