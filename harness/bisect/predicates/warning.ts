import type { Diagnostic } from '../../model/index.ts';
import { excerptLines } from '../evidence.ts';
import { checkedPattern, type PredicateKind } from './predicate.ts';

function place({ file, line, message }: Diagnostic): string {
  return `${[file, line].filter((part) => part !== undefined).join(':')}: ${message}`;
}

/** The build warns: of what matches, or without a pattern of anything that the good end does not warn of. */
export const warningPredicate: PredicateKind = {
  flag: '--warning [regex]',
  help: 'bad if the compiler warns: a warning that matches, or any that the good end does not have',
  parse: (pattern) => checkedPattern('--warning', pattern),
  describe: (pattern) =>
    pattern === undefined
      ? 'bad: the build has a warning that the good end does not have'
      : `bad: a warning of the build matches /${pattern}/`,
  lastStage: () => 'build',
  needs: (pattern) => (pattern === undefined ? { goodEnd: true } : {}),
  observe(argument, { build }, { newWarnings }) {
    const pattern = argument === undefined ? undefined : new RegExp(argument);
    const texts = (pattern === undefined ? newWarnings : build.warnings)
      .map((one) => `${place(one)}${one.option === undefined ? '' : ` [${one.option}]`}`)
      .filter((text) => pattern?.test(text) ?? true);
    const { log } = build;
    if (texts.length === 0) return { sign: 'good', summary: 'no such warning', excerpt: [], log, settled: true };
    const more = texts.length > 1 ? ` (and ${texts.length - 1} more)` : '';
    const summary = `the compiler warns: ${texts[0] ?? ''}${more}`;
    return { sign: 'bad', summary, excerpt: texts.slice(0, excerptLines), log, settled: true };
  },
};
