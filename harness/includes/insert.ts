import { createTwoFilesPatch } from 'diff';

interface Line {
  readonly index: number;
  readonly spec: string;
}

/**
 * A file's text with an include more: among the others of its kind where those are sorted, else after the last of them,
 * never under an `#if` that does not hold for the whole file. The text comes back unchanged when the include is there.
 */
export function withInclude(text: string, spec: string): string {
  const lines = text.split('\n');
  const includes = plainIncludes(lines);
  if (includes.some((one) => one.spec === spec)) return text;
  const added = `#include ${spec}`;
  lines.splice(place(includes, spec, lines), 0, added);
  return lines.join('\n');
}

/** Includes that no condition but the file's own guard is around. */
function plainIncludes(lines: readonly string[]): Line[] {
  const found: Line[] = [];
  let depth = 0;
  const guard = /^#ifndef (\w+)$/.exec(lines.find((line) => /^\s*#/.test(line))?.trim() ?? '')?.[1];
  const guarded = guard !== undefined && lines.some((line) => new RegExp(`^#\\s*define\\s+${guard}\\b`).test(line));
  for (const [index, line] of lines.entries()) {
    if (/^\s*#\s*if/.test(line)) depth += 1;
    else if (/^\s*#\s*endif/.test(line)) depth -= 1;
    const spec = /^\s*#\s*include\s*(<[^>]+>|"[^"]+")/.exec(line)?.[1];
    if (spec !== undefined && depth === (guarded ? 1 : 0)) found.push({ index, spec });
  }
  return found;
}

/** `<linux/` of `<linux/kmod.h>`. */
function family(spec: string): string {
  return /^[<"][^/]*\/?/.exec(spec)?.[0] ?? spec;
}

function place(includes: readonly Line[], spec: string, lines: readonly string[]): number {
  const alike = includes.filter((one) => family(one.spec) === family(spec));
  // The first block counts: what comes far below is there for a reason of its own.
  const block = alike.filter((one, index) => index === 0 || one.index - (alike[index - 1]?.index ?? 0) <= 2);
  const sorted = block.every((one, index) => index === 0 || (block[index - 1]?.spec ?? '') <= one.spec);
  if (sorted && block.length > 1) {
    const next = block.find((one) => one.spec > spec);
    if (next) return next.index;
  }
  const last = block.at(-1);
  if (last) return last.index + 1;
  const first = includes[0];
  if (first) return spec.startsWith('<linux/') ? first.index : (includes.at(-1)?.index ?? 0) + 1;
  return behindHead(lines);
}

/** Behind the licence line, the first comment and the guard. */
function behindHead(lines: readonly string[]): number {
  let at = 0;
  let inside = false;
  for (; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (inside) inside = !line.includes('*/');
    else if (line.startsWith('/*')) inside = !line.includes('*/');
    else if (!/^(?:\/\/.*|#\s*(?:ifndef|define) \w+_H_*\w*|)$/.test(line)) break;
  }
  return at;
}

/** A diff in git's form between two texts of a file. */
export function fileDiff(file: string, before: string, after: string): string {
  const body = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, { context: 3 });
  return `diff --git a/${file} b/${file}\n${body.slice(body.indexOf('--- '))}`;
}
