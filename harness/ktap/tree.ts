import type { FaultKind } from '../model/index.ts';
import type { Directive } from './line.ts';

/** Lines between two results that are kept for the second one: its diagnostics, and what others print meanwhile. */
const keptLines = 200;

/** The newest of some lines, and how many there were before. */
export class Remarks {
  private readonly lines: string[] = [];
  private left = 0;

  add(line: string): void {
    this.lines.push(line.slice(0, 1000));
    if (this.lines.length <= keptLines) return;
    this.lines.shift();
    this.left += 1;
  }

  all(): readonly string[] {
    return this.left === 0 ? this.lines : [`… ${this.left} lines before`, ...this.lines];
  }
}

/** One result of a level, with the level that it is the result of. */
export interface Node {
  readonly name: string;
  readonly ok: boolean;
  readonly directive?: Directive;
  readonly reason: string;
  /** Line index of the result, and the first one after the result before it. */
  readonly line: number;
  readonly from: number;
  readonly remarks: readonly string[];
  readonly children?: Level;
}

export interface StreamFault {
  readonly kind: FaultKind;
  readonly line: number;
  readonly text: string;
}

/** Tests that belong together: a whole stream, or what is nested before one result. */
export interface Level {
  /** Column where its lines begin. */
  readonly indent: number;
  /** As its header names it; the result behind it names it otherwise. */
  name?: string;
  /** Lines are quoted by hash signs: the output of a program within that of its runner. */
  readonly quoted: boolean;
  protocol?: 'KTAP' | 'TAP';
  /** Nothing said that it begins: suites that come with modules each bring their own level alone. */
  readonly headless?: true;
  plan?: { readonly count: number; readonly skip?: string; readonly line: number };
  readonly nodes: Node[];
  readonly faults: StreamFault[];
  readonly line: number;
}

export function newLevel(indent: number, line: number, { quoted = false, ...rest }: Partial<Level> = {}): Level {
  return { indent, line, quoted, nodes: [], faults: [], ...rest };
}
