/**
 * What reports cost: the seconds of CPU that it takes to read a stored run of 20,000 cells, draw its conclusions and print it, in
 * every form, and the size of the page for ten patches on three targets with 200 cases each and all of their logs.
 *
 *   npx tsx scripts/bench/report.ts
 */

import type { Run } from '../../harness/model/index.ts';
import { renderReport, reportKinds, wantedLogs } from '../../harness/report/index.ts';
import { concludeRun } from '../../harness/results/index.ts';
import { consoleLog, largeRun } from '../../tests/support/large-run.ts';
import { type Figure, median, printFigures } from './figures.ts';

const targets = ['x86_64', 'i386', 's390x', 's390'];
const rounds = 3;

/** CPU seconds, user and system: the middle one of several times. */
function seconds(work: () => unknown): number {
  return median(
    Array.from({ length: rounds }, () => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    }),
  );
}

const huge = largeRun({ patches: 4999, targets, cases: 10, breaksEvery: 7 });
const stored = JSON.stringify(huge);
const read = seconds(() => concludeRun(JSON.parse(stored) as Run));
const figures: Figure[] = [
  {
    name: `read ${huge.cells.length} cells and conclude, s of CPU`,
    value: read,
    limit: 3,
    detail: `${(stored.length / 1e6).toFixed(1)} MB`,
  },
  ...reportKinds.map((kind): Figure => {
    const text = renderReport(huge, kind);
    const time = seconds(() => renderReport(huge, kind));
    return {
      name: `the same and print as ${kind}, s of CPU`,
      value: read + time,
      limit: 3,
      detail: `${(text.length / 1e6).toFixed(1)} MB printed in ${time.toFixed(2)} s`,
    };
  }),
];

const page = largeRun({ patches: 10, targets: targets.slice(0, 3), cases: 200, breaksEvery: 5 });
const logs = new Map(wantedLogs(page).map((path) => [path, consoleLog(path)]));
const html = Buffer.byteLength(renderReport(page, 'html', logs));
const failed = page.counts.cases.crash;
figures.push({
  name: 'page for 10 patches, 3 targets, 200 cases, MB',
  value: html / 1e6,
  limit: 2,
  detail: `${failed} failed cases, ${logs.size} logs of 250 lines`,
});
printFigures(figures, { node: process.version });
