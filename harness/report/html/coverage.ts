import { type CoveredDiff, type CoveredHunk, countPatches, defined, type Run } from '../../model/index.ts';
import { countWords, coverageLines, measuredCells } from '../coverage.ts';
import { firstOf, plural, pointWords } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** Lines of diffs that one page shows, and cases that one stretch of lines names on each target. */
const most = { lines: 20_000, cases: 30 } as const;

/** What became of a line: its class in the page, and the mark in front of it. */
const states = {
  hit: '✓',
  part: '◐',
  accepted: '–',
  miss: '✗',
  unknown: '?',
  gone: '~',
  plain: ' ',
} as const;
type State = keyof typeof states;

/** Who executed a line on each target that has code there, by the target's name; or why nobody has to. */
type Who = Readonly<Record<string, { readonly names: readonly string[]; readonly accepted?: string }>>;

interface Line {
  readonly state: State;
  readonly text: string;
  readonly who: Who;
}

/** Knows of each line of a file of a patch what executed it. */
interface FileView {
  readonly whoAt: (line: number) => Who;
  /** No target knows which lines have code. */
  readonly isUnknown: boolean;
}

function viewOf(run: Run, point: number, path: string): FileView {
  const targets = measuredCells(run).flatMap(({ target, coverage }) => {
    const file = coverage.patches.find((one) => one.point === point)?.files.find((one) => one.path === path);
    if (!file) return [];
    const lines = new Map<number, Who[string]>();
    for (const { from, to, by, accepted } of file.lines) {
      const names = by.map((place) => coverage.by[place] ?? '?');
      for (let line = from; line <= to; line += 1) lines.set(line, { names, ...defined({ accepted }) });
    }
    return [{ target, lines, unknown: file.unknown !== undefined }];
  });
  return {
    whoAt: (line) =>
      Object.fromEntries(
        targets.flatMap(({ target, lines }) => {
          const who = lines.get(line);
          return who ? [[target, who] as const] : [];
        }),
      ),
    isUnknown: targets.length === 0 || targets.every(({ unknown }) => unknown),
  };
}

function stateOf(now: number, who: Who, { isUnknown }: FileView): State {
  if (now === 0) return 'gone';
  const all = Object.values(who);
  if (all.length === 0) return isUnknown ? 'unknown' : 'plain';
  const ran = all.filter(({ names }) => names.length > 0).length;
  if (ran > 0) return ran === all.length ? 'hit' : 'part';
  return all.every(({ accepted }) => accepted !== undefined) ? 'accepted' : 'miss';
}

function linesOf({ text, now }: CoveredHunk, view: FileView): Line[] {
  let added = 0;
  return text.map((line): Line => {
    if (line[0] !== '+') return { state: 'plain', text: line, who: {} };
    const place = now[added] ?? 0;
    added += 1;
    const who = view.whoAt(place);
    return { state: stateOf(place, who, view), text: line, who };
  });
}

/** Lines that follow each other and of which the same is known. */
function blocksOf(lines: readonly Line[]): (readonly Line[])[] {
  const blocks: Line[][] = [];
  let key: string | undefined;
  for (const line of lines) {
    const own = JSON.stringify([line.state, line.who]);
    if (own === key) blocks.at(-1)?.push(line);
    else blocks.push([line]);
    key = own;
  }
  return blocks;
}

function casesPart(who: Who): Markup | null {
  const targets = Object.entries(who).filter(([, { names }]) => names.length > 0);
  const [why] = Object.values(who).flatMap(({ accepted }) => accepted ?? []);
  if (targets.length === 0) return why === undefined ? null : html`<p class="quiet">need not run: ${why}</p>`;
  const many = new Set(targets.flatMap(([, { names }]) => names)).size;
  return html`<details><summary>${plural(many, 'case')}</summary><ul>${targets.map(
    ([target, { names }]) => html`<li>${target}: ${firstOf(names, most.cases).join('; ')}</li>`,
  )}</ul></details>`;
}

function blockPart(lines: readonly Line[]): Markup {
  const [first] = lines;
  const state = first?.state ?? 'plain';
  const text = lines.map((line) => `${states[state]} ${line.text}\n`).join('');
  return html`<pre class="${state}">${text}</pre>${first ? casesPart(first.who) : null}`;
}

function filePart(run: Run, { point, files }: CoveredDiff): Markup[] {
  return files.map(({ path, then, hunks }) => {
    const view = viewOf(run, point, path);
    const was = then === undefined ? '' : ` (was ${then})`;
    return html`<h4>${path}${was}</h4>
${hunks.map((hunk) => html`<p class="quiet">from line ${hunk.from}</p>${blocksOf(linesOf(hunk, view)).map(blockPart)}`)}
`;
  });
}

function patchPart(run: Run, diff: CoveredDiff): Markup {
  const counts = measuredCells(run).flatMap(({ target, coverage }) => {
    const patch = coverage.patches.find(({ point }) => point === diff.point);
    return patch ? [countWords(countPatches([patch]), target)] : [];
  });
  return html`<details class="cell diff"><summary><h3>${pointWords(run, diff.point)}</h3>: ${counts.join('; ') || 'not measured'}</summary>
${filePart(run, diff)}</details>
`;
}

/** The diff of each patch with what executed its lines; nothing for a run that was not asked for it. */
export function coveragePart(run: Run): Markup | null {
  const [title, ...lines] = coverageLines(run);
  if (run.coverage === undefined || title === undefined) return null;
  let room: number = most.lines;
  const shown = run.coverage.patches.filter(({ files }) => {
    room -= files.flatMap(({ hunks }) => hunks.flatMap(({ text }) => text)).length;
    return files.length > 0 && room > 0;
  });
  const rest = run.coverage.patches.filter(({ files }) => files.length > 0).length - shown.length;
  return html`<section id="coverage"><h2>Coverage of the new lines</h2><ul>${lines.map((line) => html`<li>${line.trim()}</li>`)}</ul>
<p class="quiet">✓ executed on every target that has code there, ◐ on some, ✗ on none, – on none with a reason, ? not measured, ~ changed by a later patch; lines without a mark have no code.</p>
${shown.map((diff) => patchPart(run, diff))}${rest === 0 ? null : html`<p>${plural(rest, 'more patch', 'more patches')}: only in run.json.</p>`}</section>
`;
}
