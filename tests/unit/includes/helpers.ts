import { readUnit, type Unit, type UnitOn } from '../../../harness/includes/index.ts';

const places = { worktree: '/linux', directory: '/build', arch: 'x86_64' };

/** A file of a translation unit: lines of C, and in place of `> SPEC` lines the files that they include. */
export interface Piece {
  readonly file: string;
  readonly lines: readonly (string | { readonly spec: string; readonly opens?: Piece })[];
}

/** Writes what `-E -dDI` prints for a tree of files. */
function preprocessorOutput(main: Piece): string {
  const out = [`# 0 "/linux/${main.file}"`, '# 0 "<built-in>"', '#define __GNUC__ 12', '# 0 "<command-line>"'];
  const enter = (piece: Piece, flag: string): void => {
    out.push(`# 1 "/linux/${piece.file}"${flag}`);
    for (const [index, line] of piece.lines.entries()) {
      if (typeof line === 'string') {
        out.push(line);
        continue;
      }
      out.push(`#include ${line.spec}`);
      if (!line.opens) continue;
      out.push(`# ${index + 1} "/linux/${piece.file}"`);
      enter(line.opens, ' 1');
      out.push(`# ${index + 2} "/linux/${piece.file}" 2`);
    }
  };
  enter(main, '');
  return `${out.join('\n')}\n`;
}

export function unitOf(main: Piece): Unit {
  return readUnit(preprocessorOutput(main), places);
}

export function unitOn(target: string, main: Piece, options: Readonly<Record<string, string>> = {}): UnitOn {
  return { target, unit: unitOf(main), option: (name) => options[name] };
}
