import { stripVTControlCharacters } from 'node:util';
import { type Cell, type Finding, isFlaky, type Outcome, type Run, type Span, worstFirst } from '../model/index.ts';
import { firstOf, numberRanges, oneLine, plural, sandboxLine, subjectWords } from './words.ts';

/** Columns of the text; excerpts and commands are longer where they have to. */
const columns = 72;
const mostSubjects = 6;
const mostExcerpt = 25;

/** Something new that a patch brings. */
interface News {
  readonly finding: Finding;
  readonly span: Span;
}

const verbs: Readonly<Record<Outcome, string>> = {
  pass: 'passes',
  known: 'fails',
  fail: 'fails',
  skip: 'is skipped',
  'not-covered': 'is not compiled',
  crash: 'makes the kernel report a fault',
  timeout: 'does not end',
  'not-run': 'is not run',
};

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of oneLine(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function isNew({ comparison }: Run, { target, stage, suite, name }: Finding): boolean {
  if (comparison === undefined) return true;
  return comparison.changes.some(
    (one) =>
      one.kind === 'new' && one.target === target && one.stage === stage && one.suite === suite && one.name === name,
  );
}

/** Whether nobody knows that it was good before: neither an earlier point nor the base was run. */
function mayBeOld(run: Run, { from, goodBefore }: Span): boolean {
  return from > 0 && goodBefore === null && !run.points.includes(0);
}

/** What each patch brings that its author has not heard of: nothing that the base or an earlier run had. */
function newsByPoint(run: Run): Map<number, News[]> {
  const news = new Map<number, News[]>();
  for (const finding of run.findings ?? []) {
    if (!isNew(run, finding)) continue;
    for (const span of finding.spans) {
      if (span.from === 0 || mayBeOld(run, span)) continue;
      news.set(span.from, [...(news.get(span.from) ?? []), { finding, span }]);
    }
  }
  return news;
}

/** A header of a mail: what is beyond ASCII goes in encoded words, and nothing can begin another header. */
function header(name: string, value: string): string {
  const text = oneLine(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is a range of them
  if (/^[\u0020-\u007e]*$/.test(text)) return `${name}: ${text}`;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  const encoded = [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`);
  return `${name}: ${encoded.join('\n ')}`;
}

function addressOf({ name, email }: { readonly name: string; readonly email: string }): string {
  const plain = oneLine(email).replaceAll(/[<>\s]/g, '');
  const shown = oneLine(name);
  return /^[\w .-]+$/.test(shown) ? `${shown} <${plain}>` : `"${shown.replaceAll(/["\\]/g, '')}" <${plain}>`;
}

/** One mail of an mbox, ready to be sent by whoever reads it first. */
function mailOf(run: Run, point: number, body: readonly string[]): string {
  const patch = run.series.patches[point - 1];
  const { messageId, author } = patch ?? {};
  const subject = oneLine(patch?.subject ?? run.series.name);
  const marker = run.series.patches.length > 1 ? `[PATCH ${point}/${run.series.patches.length}]` : '[PATCH]';
  const date = new Date(run.started);
  const id = messageId === undefined ? undefined : `<${oneLine(messageId).replaceAll(/[<>\s]/g, '')}>`;
  const head = [
    `From quiltboot ${date.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*$/, '$1 $3 $2 $5 $4')}`,
    ...(author ? [header('To', addressOf(author))] : []),
    header('Subject', `Re: ${marker} ${subject}`),
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    ...(id === undefined ? [] : [`In-Reply-To: ${id}`, `References: ${id}`]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  const sandbox = sandboxLine(run);
  const whole = sandbox === undefined ? body : [...body, '', ...wrap(sandbox)];
  const text = whole.map((line) =>
    stripVTControlCharacters(line)
      .replaceAll(/[\r\n]/g, ' ')
      .replace(/^(>*From )/, '>$1'),
  );
  return [...head, '', ...text, ''].join('\n');
}

function whereWords(run: Run, targets: readonly string[]): string {
  return `${targets.join(' and ')}, Linux ${run.tree.kernelVersion}`;
}

function cellOf(run: Run, { finding, span }: News): Cell | undefined {
  return run.cells.find(({ point, target }) => point === span.from && target === finding.target);
}

/** One failure as a person would tell it: what, where, what was before, the lines that show it, how to see it again. */
function storyOf(run: Run, news: readonly News[]): string[] {
  const [first] = news;
  if (!first) return [];
  const { finding, span } = first;
  const targets = [...new Set(news.map((one) => one.finding.target))];
  const what = finding.suite === undefined ? `the ${finding.stage}` : `the case "${subjectWords(finding)}"`;
  const cell = cellOf(run, first);
  const one = cell?.cases.find(({ suite, name }) => suite === finding.suite && name === finding.name);
  const cause = one?.cause ?? cell?.cause;
  const reproduce = one?.reproduce ?? cell?.reproduce;
  const before =
    span.goodBefore === null
      ? 'It is new with this patch.'
      : span.goodBefore === span.from - 1
        ? `It is fine ${span.goodBefore === 0 ? 'without the series' : 'with the patch before'}.`
        : `It is fine with patch ${span.goodBefore}; what lies between was not tested.`;
  const fixed =
    span.fixedBy === null ? '' : ` Patch ${span.fixedBy} makes it pass again, but every commit has to work.`;
  const excerpt = (cause?.excerpt ?? []).slice(0, mostExcerpt).map((line) => `  ${line}`);
  return [
    ...wrap(`With this patch ${what} ${verbs[finding.outcome]} (${whereWords(run, targets)}):`),
    '',
    `  ${oneLine(cause?.summary ?? finding.summary)}`,
    ...excerpt,
    '',
    ...wrap(`${before}${fixed}`),
    ...(reproduce ? ['', 'To see it again:', '', `  ${reproduce}`] : []),
  ];
}

function problemMail(run: Run, point: number, news: readonly News[]): string {
  const bySubject = new Map<string, News[]>();
  // The worst is told of, the others by name, as in every other report.
  const severity = ({ finding }: News): number => worstFirst.indexOf(finding.outcome);
  for (const one of [...news].sort((a, b) => severity(a) - severity(b))) {
    const key = subjectWords(one.finding);
    bySubject.set(key, [...(bySubject.get(key) ?? []), one]);
  }
  const [first, ...others] = [...bySubject.values()];
  const list = others.map((some) => {
    const { finding } = some[0] as News;
    return `  ${subjectWords(finding)}: ${oneLine(finding.summary)} (${some.map((one) => one.finding.target).join(', ')})`;
  });
  const also =
    list.length === 0
      ? []
      : ['', `The same patch brings ${plural(list.length, 'other failure')}:`, '', ...firstOf(list, mostSubjects)];
  return mailOf(run, point, ['Hi,', '', ...storyOf(run, first ?? []), ...also]);
}

/** Why nobody can say that the whole series was tested; empty where everything ran and passed. */
function gaps(run: Run): string[] {
  const count = run.series.patches.length;
  const wanted = Array.from({ length: count + 1 }, (_, point) => point);
  const missing = wanted.filter((point) => !run.points.includes(point));
  const cells = new Map(run.cells.map((cell) => [`${cell.point} ${cell.target}`, cell]));
  const absent = run.points.flatMap((point) => run.targets.filter((target) => !cells.has(`${point} ${target}`)));
  const last = run.cells.filter(({ point }) => point === count);
  const skipped = last.flatMap(({ cases }) => cases.filter(({ outcome }) => outcome === 'skip'));
  const odd = run.cells.filter(({ outcome, point }) => outcome !== 'pass' && !(outcome === 'skip' && point < count));
  const flaky = run.cells.flatMap(({ cases }) => cases.filter(isFlaky));
  const untested = last.filter(({ cases }) => !cases.some(({ outcome }) => outcome !== 'skip'));
  const old = (run.findings ?? []).filter(({ spans }) => spans.some((span) => mayBeOld(run, span)));
  return [
    missing.length > 0 ? [`${missing.length === 1 ? 'point' : 'points'} ${numberRanges(missing)} not run`] : [],
    absent.length > 0 ? [`${plural(absent.length, 'cell')} in other shards`] : [],
    old.length > 0 ? [`${plural(old.length, 'failure')} that the base may have too, which was not run`] : [],
    odd.length > 0 ? [`${plural(odd.length, 'cell')} did not pass`] : [],
    untested.length > 0 ? [`no case ran on ${[...new Set(untested.map(({ target }) => target))].join(', ')}`] : [],
    skipped.length > 0 ? [`${plural(skipped.length, 'case')} skipped with the whole series`] : [],
    flaky.length > 0 ? [plural(flaky.length, 'flaky case')] : [],
  ].flat();
}

/** The reply where nothing new fails. A tag is proposed only for what was tested as a whole. */
function quietMail(run: Run): string {
  const count = run.series.patches.length;
  const cases = Math.max(0, ...run.cells.map((cell) => cell.cases.filter(({ outcome }) => outcome === 'pass').length));
  const open = gaps(run);
  const tested = `I applied ${count === 1 ? 'the patch' : `the ${count} patches one after the other`} to Linux ${run.tree.kernelVersion} (${run.tree.resolved}), built each for ${run.targets.join(' and ')}, booted it and ran up to ${plural(cases, 'case')} in it. Everything passed.`;
  const body =
    open.length === 0
      ? [...wrap(tested), '', `Tested-by: YOUR NAME <YOU@EXAMPLE.ORG> # ${run.targets.join(', ')}`]
      : [...wrap(`Nothing new fails, but not everything was tested: ${open.join('; ')}.`)];
  return mailOf(run, 1, ['Hi,', '', ...body]);
}

/**
 * Replies to the patches, as an mbox of plain texts without a sender: one for each patch that brings a failure, with what is
 * new alone; one reply to the first where nothing is.
 */
export function renderMail(run: Run): string {
  const news = [...newsByPoint(run)].sort(([a], [b]) => a - b);
  if (news.length === 0) return quietMail(run);
  return news.map(([point, list]) => problemMail(run, point, list)).join('\n');
}
