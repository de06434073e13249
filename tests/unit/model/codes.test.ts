import test from 'ava';
import {
  type Blame,
  type Code,
  codeOf,
  codes,
  HostError,
  type Outcome,
  stageNames,
  UserError,
} from '../../../harness/model/index.ts';
import { renderCode, renderCodes } from '../../../harness/report/index.ts';

const outcomes: readonly Outcome[] = ['pass', 'fail', 'skip', 'crash', 'timeout', 'not-run'];
const blames: readonly (Blame | null)[] = ['user', 'host', 'kernel', 'suite', null];
const statusOf = { user: 2, host: 69, kernel: 1, suite: 1 } as const;

test('every ending of a cell has a code, whose exit status is that of the blame', (t) => {
  for (const stage of stageNames) {
    for (const outcome of outcomes) {
      for (const blame of blames) {
        const code = codeOf({ stage, outcome, blame });
        const good = outcome === 'pass' || outcome === 'skip';
        t.is(code === null, good, `${stage} ${outcome} ${blame}`);
        if (code !== null && blame !== null) t.is(codes[code].status, statusOf[blame], `${code} for ${blame}`);
      }
    }
  }
});

test('an error without a code of its own has the one of its class', (t) => {
  t.is(new UserError('x').code, 'QB-USER');
  t.is(new HostError('x').code, 'QB-HOST');
  t.is(codes[new UserError('x', { code: 'QB-PATH' }).code].status, new UserError('x').exitCode);
});

test('the list has every code, and each is explained with an example and a cure', (t) => {
  const list = renderCodes();
  for (const [code, { meaning, example, cure }] of Object.entries(codes)) {
    t.regex(code, /^QB(?:-[A-Z]+)+$/);
    t.true(list.includes(`${code} `) && list.includes(meaning), code);
    const text = renderCode(code as Code);
    t.true(text.includes(example) && text.includes(cure), code);
    t.regex(meaning, /^[A-Z].*\.$/, code);
    t.regex(cure, /\.$/, code);
  }
});
