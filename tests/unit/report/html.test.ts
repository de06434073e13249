import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import test from 'ava';
import { escapeHtml, html, trusted } from '../../../harness/report/html/markup.ts';
import { renderReport, wantedLogs } from '../../../harness/report/index.ts';
import { consoleLog, largeRun } from '../../support/large-run.ts';
import { mixedRun, patchesOf, runOf, testedCell } from '../../support/sample-run.ts';

test('what goes into a template is escaped, except HTML that was made by one', (t) => {
  t.is(
    html`<p title="${'"&'}">${'<script>'}${[html`<b>${'a'}</b>`, 'b>']}${null}${false}${3}</p>`.text,
    '<p title="&quot;&amp;">&lt;script&gt;<b>a</b>b&gt;3</p>',
  );
  t.is(html`${trusted('<hr>')}`.text, '<hr>');
  t.is(escapeHtml("it's\u0000\u001b[0m\u0085"), 'it&#39;s␀␛[0m\ufffd');
});

const hostile = "</pre><script>alert(1)</script> \"onload='x' <img src=x onerror=alert(2)>";

test('hostile names and logs stay text', (t) => {
  const cells = [
    testedCell(1, 'x86_64', { [hostile]: 'crash' }, { patch: `${hostile}.patch`, reproduce: () => hostile }),
  ];
  const series = { name: hostile, patches: [{ name: hostile, subject: hostile }] };
  const page = renderReport(runOf(cells, { series, command: hostile, notes: [hostile], points: [1] }), 'html');
  t.is(page.match(/<script/g)?.length, 2, 'the two scripts of the page itself');
  t.false(page.includes('<img'));
  t.false(/<pre[^>]*>[^<]*<\/pre><script>alert/.test(page));
});

test('the page needs nothing from outside, and runs no script but its own', (t) => {
  const page = renderReport(mixedRun, 'html');
  t.false(/\b(?:src|href)="(?!#)/.test(page), 'links lead into the page');
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(script).digest('base64');
  t.true(policy.includes(`script-src &#39;sha256-${hash}&#39;`), policy);
  t.true(policy.startsWith('default-src &#39;none&#39;'));
});

test('every field of the matrix leads to its cell; one that failed is open', (t) => {
  const page = renderReport(mixedRun, 'html');
  for (const [, id] of page.matchAll(/<td[^>]*><a href="#([^"]+)"/g)) {
    t.true(page.includes(`<details class="cell" id="${id ?? ''}"`), id);
  }
  t.is(page.match(/<td[^>]*><a href="#/g)?.length, 4);
  t.regex(page, /<details class="cell" id="cell-1-x86_64" open>/);
  t.regex(page, /<pre class="command">quiltboot run x --until test<\/pre>/);
});

test('logs are packed, cut ones say so, and what has no room is named', (t) => {
  const series = { name: 'x', patches: patchesOf(1) };
  const logs = { 'boot.log': 'cells/1/boot.log', 'build.log': 'cells/1/build.log' };
  const run = runOf([testedCell(1, 'x86_64', { a: 'pass' }, { logs })], { series, points: [1] });
  const text = 'Linux version 6.1\nall is well\n';
  const noise = Array.from({ length: 60_000 }, (_, at) => createHash('sha256').update(String(at)).digest('hex')).join(
    '',
  );
  const page = renderReport(
    run,
    'html',
    new Map([
      ['cells/1/boot.log', { text, skipped: 1234 }],
      ['cells/1/build.log', { text: noise, skipped: 0 }],
    ]),
  );
  const packed = JSON.parse(/id="logs">([^<]*)</.exec(page)?.[1] ?? '') as string[];
  t.deepEqual(
    packed.map((one) => inflateSync(Buffer.from(one, 'base64')).toString()),
    [text],
  );
  t.regex(
    page,
    /data-log="0" id="1-x86_64-boot"[^>]*><summary>log cells\/1\/boot\.log \(without its first 1,234 bytes\)/,
  );
  t.regex(page, /log cells\/1\/build\.log \(left out to keep this page small\)/);
});

test('ten patches on three targets with 200 cases each stay below 2 MB with their logs', (t) => {
  const run = largeRun({ patches: 10, targets: ['x86_64', 'i386', 's390x'], cases: 200, breaksEvery: 5 });
  const page = renderReport(run, 'html', new Map(wantedLogs(run).map((path) => [path, consoleLog(path, 2000)])));
  t.true(Buffer.byteLength(page) < 2_000_000, String(Buffer.byteLength(page)));
  t.true(page.includes('left out to keep this page small'), 'there were more logs than room');
});
