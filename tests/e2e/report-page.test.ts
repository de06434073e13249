import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { renderReport, wantedLogs } from '../../harness/report/index.ts';
import { hasBrowser, openPage, type Page } from '../support/browser.ts';
import { consoleLog, largeRun } from '../support/large-run.ts';
import { needing } from '../support/needing.ts';
import { patchesOf, runOf, testedCell } from '../support/sample-run.ts';

const withBrowser = needing('chromium', await hasBrowser());

async function open(t: ExecutionContext, page: string, width?: number): Promise<Page> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-page-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'report.html');
  await writeFile(file, page);
  return await openPage(t, file, width);
}

function largePage(): string {
  const run = largeRun({ patches: 10, targets: ['x86_64', 'i386', 's390x'], cases: 200, breaksEvery: 5 });
  return renderReport(run, 'html', new Map(wantedLogs(run).map((log) => [log, consoleLog(log)])));
}

const focused = `document.activeElement.textContent`;

withBrowser('the keyboard alone goes from the matrix to a console log', async (t) => {
  const page = await open(t, largePage());
  // The link that skips to the matrix, the button below the command, the first field.
  for (
    let presses = 0;
    presses < 10 && !(await page.evaluate<boolean>(`!!document.activeElement.closest('td')`));
    presses++
  )
    await page.press('Tab');
  t.is(await page.evaluate(focused), 'pass 20');
  await page.press('ArrowDown');
  t.is(await page.evaluate(focused), 'pass 40');
  await page.press('ArrowRight');
  await page.press('Enter');
  t.is(await page.evaluate('location.hash'), '#cell-1-i386');
  await page.until(`document.getElementById('cell-1-i386').open && !document.activeElement.closest('td')`);
  t.regex(await page.evaluate<string>(focused), /point 1 .*i386: pass/);

  const log = `document.querySelector('#cell-1-i386 details[data-log]')`;
  await page.evaluate(`${log}.querySelector('summary').focus()`);
  await page.press('Enter');
  const text = `${log}.querySelector('pre').textContent`;
  await page.until(`${text}.includes('subsystem')`);
  t.is(await page.evaluate(text), consoleLog('cells/1-i386/boot.log').text);
  t.deepEqual(page.complaints(), [], 'neither the policy nor the script had anything to complain about');
});

withBrowser('an address leads to a line of a log, and reports are marked in it', async (t) => {
  const path = 'cells/7-s390x/boot.log';
  const run = runOf([testedCell(7, 's390x', { a: 'pass' }, { logs: { 'boot.log': path } })], {
    series: { name: 'x', patches: patchesOf(7) },
    points: [7],
    targets: ['s390x'],
  });
  const text = Array.from({ length: 400 }, (_, at) => `line ${at + 101}`).join('\n');
  const marks = [{ line: 117, lines: 3, title: 'the seam is open' }];
  const log = { text, skipped: 5000, skippedLines: 100, marks };
  const page = await open(t, renderReport(run, 'html', new Map([[path, log]])));
  await page.evaluate(`location.hash = '#7-s390x-boot:300'`);
  const here = `document.querySelector('mark.here')?.textContent`;
  await page.until(`${here} === 'line 300'`);
  const box = `document.querySelector('mark.here').getBoundingClientRect()`;
  await page.until(`${box}.top > 0 && ${box}.bottom < innerHeight`);
  t.is(await page.evaluate(`document.querySelector('mark.report').textContent`), 'line 117\nline 118\nline 119');
  t.is(await page.evaluate(`document.querySelector('#\\\\37 -s390x-boot pre').textContent`), text);
  t.deepEqual(page.complaints(), []);
});

withBrowser('nothing but the matrix and code scrolls sideways on a phone', async (t) => {
  const page = await open(t, largePage(), 500);
  await page.evaluate(`document.documentElement.style.width = '360px'; document.body.style.width = '360px'`);
  t.true(await page.evaluate<boolean>('document.body.scrollWidth <= 360'));
  const wide = `[...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll, pre, .skip-link') && one.getBoundingClientRect().right > 361).map((one) => one.outerHTML.slice(0, 80))`;
  t.deepEqual(await page.evaluate(wide), []);
});

withBrowser('hostile names run nothing', async (t) => {
  const hostile = `</details></script><script>document.title='taken'</script><img src=x onerror="document.title='taken'">`;
  const series = { name: hostile, patches: [...patchesOf(1).map((patch) => ({ ...patch, subject: hostile }))] };
  const cells = [testedCell(1, 'x86_64', { [hostile]: 'fail' }, { reproduce: () => hostile })];
  const page = await open(t, renderReport(runOf(cells, { series, points: [1], notes: [hostile] }), 'html'));
  t.regex(await page.evaluate<string>('document.title'), /^fail: /);
  t.is(await page.evaluate(`document.querySelectorAll('img').length`), 0);
  t.true(
    await page.evaluate<boolean>(`document.querySelector('#cell-1-x86_64 .case').textContent.includes("<img src=x")`),
  );
});
