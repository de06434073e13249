import type {
  BisectOutcome,
  BisectPoint,
  BisectResult,
  Doubt,
  Observation,
  PointTries,
  Sureness,
} from '../model/index.ts';
import { noPaint, type Paint } from './paint.ts';

/** What a bisection came to, for people: the verdict, the evidence from both sides, and how it got there. */
export function renderBisect(result: BisectResult, paint: Paint = noPaint): string {
  const { bad, good, path, sureness, hostFaults, outcome } = result;
  const isGood = outcome.kind === 'all-good' && !result.fixed;
  const doubts = result.doubts ?? [];
  return [
    result.title,
    result.predicate,
    '',
    ...verdictLines(result).map((line) => paint(line, isGood ? 'green' : 'bold')),
    ...(bad ? ['', ...witness('bad', bad, 'red', paint)] : []),
    ...(good ? ['', ...witness('good', good, 'green', paint)] : []),
    ...(doubts.length === 0
      ? []
      : ['', ...doubtLines(doubts).map((line) => paint(line, line.startsWith('improbable') ? 'yellow' : 'dim'))]),
    ...(result.reproduce === undefined ? [] : ['', `reproduce: ${result.reproduce}`]),
    ...(sureness ? ['', ...surenessLines(sureness, outcome)] : []),
    '',
    'tested:',
    ...path.map((tries) => `  ${wordOf(tries.sign).padEnd(9)} ${tries.point.label}${countOf(tries)}`),
    ...hostFaults.map(({ point, summary }) => paint(`  left out  ${point.label}: ${summary}`, 'yellow')),
    ...(result.gitLog === undefined
      ? []
      : [
          '',
          'git bisect log:',
          ...result.gitLog
            .trimEnd()
            .split('\n')
            .map((line) => `  ${line}`),
        ]),
    '',
  ].join('\n');
}

/** What was held against the culprit; one thing that speaks against it makes it improbable. */
function doubtLines(doubts: readonly Doubt[]): string[] {
  const against = doubts.filter(({ verdict }) => verdict === 'against');
  const marks = { holds: '+', against: '-', unknown: '?' } as const;
  const title = against.length > 0 ? `improbable: ${against.map(({ text }) => text).join('; ')}` : 'doubted:';
  return [title, ...doubts.map(({ verdict, text }) => `  ${marks[verdict]} ${text}`)];
}

function verdictLines({ outcome, fixed, good }: BisectResult): string[] {
  const came = good?.observations.find(({ absent }) => absent)?.summary;
  const note = came === undefined || fixed ? [] : [`what fails came with it, so it never passed: before, ${came}`];
  return [...(fixed ? fixedLines(outcome) : badLines(outcome)), ...(outcome.kind === 'found' ? note : [])];
}

function fixedLines(outcome: BisectOutcome): string[] {
  switch (outcome.kind) {
    case 'found':
      return [`${outcome.culprits[0]?.label ?? ''} is the first good one`];
    case 'one-of':
      return [
        `one of these ${outcome.suspects.length} is the first good one; all but the last can’t be judged:`,
        ...outcome.suspects.map(({ label }) => `  ${label}`),
      ];
    case 'all-good':
      return [`not fixed: it still fails at the last end (${outcome.end.label})`];
    case 'all-bad':
      return [`the first end is good already (${outcome.end.label}); it was fixed before, or never failed`];
  }
}

function badLines(outcome: BisectOutcome): string[] {
  const list = (points: readonly BisectPoint[]): string[] => points.map(({ label }) => `  ${label}`);
  switch (outcome.kind) {
    case 'found': {
      const [only, ...more] = outcome.culprits;
      if (more.length === 0)
        return [`${only?.label ?? ''} ${only?.commit === undefined ? 'makes the difference' : 'is the first bad one'}`];
      return [
        `these ${outcome.culprits.length} make the difference together, and no judged part of them does:`,
        ...list(outcome.culprits),
      ];
    }
    case 'one-of':
      return [
        `one of these ${outcome.suspects.length} is the first bad one; all but the last can’t be judged:`,
        ...list(outcome.suspects),
      ];
    case 'all-good':
      return [`cannot reproduce: the bad end passes (${outcome.end.label})`];
    case 'all-bad':
      return [`the good end is already bad (${outcome.end.label}); the culprit came before it`];
  }
}

const words = { good: 'good', bad: 'BAD', skip: 'unknown' } as const;

function wordOf(sign: PointTries['sign']): string {
  return words[sign];
}

function countOf({ observations }: PointTries): string {
  if (observations.length < 2) return '';
  const count = (sign: Observation['sign']): number => observations.filter((one) => one.sign === sign).length;
  const parts = [
    [count('bad'), 'bad'],
    [count('good'), 'good'],
    [count('skip'), 'unknown'],
  ] as const;
  return ` (${parts
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${many} × ${word}`)
    .join(', ')})`;
}

function witness(what: 'bad' | 'good', tries: PointTries, colour: 'red' | 'green', paint: Paint): string[] {
  const shown = tries.observations.find((one) => one.sign === tries.sign) ?? tries.observations.at(-1);
  return [
    paint(`${what}: ${tries.point.label}${countOf(tries)}`, colour),
    ...(shown
      ? [
          `  ${shown.summary}`,
          ...shown.excerpt.map((line) => paint(`  | ${line}`, 'dim')),
          ...(shown.log === undefined ? [] : [`  log: ${shown.log}`]),
        ]
      : []),
  ];
}

function surenessLines({ tries, failures, rate, probability }: Sureness, outcome: BisectOutcome): string[] {
  const percent = (share: number): string => `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
  const what = outcome.kind === 'one-of' ? 'that it is one of them' : 'that it is this one';
  return [
    `how sure: ${percent(probability)} ${what}`,
    `  at bad points ${failures} of ${tries} tries failed, taken as a chance of ${percent(rate)} for each try;`,
    '  the rest is the chance that a bad point passed all its tries, those with the culprit reverted included',
  ];
}
