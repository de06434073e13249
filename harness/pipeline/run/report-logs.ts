import path from 'node:path';
import { createLogReader } from '../../guest/log/index.ts';
import { readEnd } from '../../host/files/read.ts';
import { readBuildLog, sandboxPlaces } from '../../make/index.ts';
import type { Run } from '../../model/index.ts';
import { type LogMark, type LogText, lineKey, wantedLogs } from '../../report/index.ts';

/** How much of a log goes into a page, in bytes. */
const mostBytes = 128 * 1024;

interface Found {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a kernel's log reports. */
function reportsIn(text: string): readonly Found[] {
  const reader = createLogReader({ wrapsLog: false });
  reader.push(Buffer.from(text));
  reader.end();
  return reader.splats().map(({ title, excerpt }) => ({ title, lines: excerpt }));
}

/** The errors of a build. */
function errorsIn(text: string): readonly Found[] {
  return readBuildLog(text, sandboxPlaces)
    .findings.filter(({ diagnostic }) => diagnostic.severity === 'error')
    .map(({ diagnostic, lines }) => ({ title: diagnostic.message, lines }));
}

/** Where in a text, whose first line has the number `first`, the findings are. */
export function marksOf(text: string, found: readonly Found[], first: number): readonly LogMark[] {
  const lines = text.split('\n');
  let from = 0;
  return found.flatMap(({ title, lines: own }) => {
    const key = lineKey(own[0] ?? '');
    const at = key === '' ? -1 : lines.findIndex((line, index) => index >= from && line.includes(key));
    if (at < 0) return [];
    from = at + 1;
    return [{ line: first + at, lines: own.length, title }];
  });
}

/** The logs that a page of the run wants to show, from its directory; what is not there or lies outside is left out. */
export async function readLogs(run: Run, directory: string): Promise<Map<string, LogText>> {
  const logs = new Map<string, LogText>();
  for (const name of wantedLogs(run)) {
    const file = path.resolve(directory, name);
    // A stored run may come from elsewhere; it names files of its own directory only.
    if (!file.startsWith(path.resolve(directory) + path.sep)) continue;
    const end = await readEnd(file, mostBytes);
    if (!end) continue;
    const found = path.basename(name) === 'build.log' ? errorsIn(end.text) : reportsIn(end.text);
    logs.set(name, { ...end, marks: marksOf(end.text, found, end.skippedLines + 1) });
  }
  return logs;
}
