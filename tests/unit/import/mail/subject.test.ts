import test from 'ava';
import { parseSubject, titleKey } from '../../../../harness/import/mail/subject.ts';

type Row = readonly [subject: string, title: string, revision: number, number?: string];

const rows: readonly Row[] = [
  // The usual forms.
  ['[PATCH] x', 'x', 1],
  ['[PATCH 1/3] x', 'x', 1, '1/3'],
  ['[PATCH 00/03] x', 'x', 1, '0/3'],
  ['[PATCH v2 3/7] x', 'x', 2, '3/7'],
  ['[PATCH v12 12/12] x', 'x', 12, '12/12'],
  ['[RFC PATCH v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH RFC v4 01/10] x', 'x', 4, '1/10'],
  ['[RFC 1/3] x', 'x', 1, '1/3'],
  ['[v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH bpf-next v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH 2/5 RFC] x', 'x', 1, '2/5'],
  ['[PATCH v2 3/7 RESEND] x', 'x', 2, '3/7'],
  ['[RESEND][PATCH v2 3/7] x', 'x', 2, '3/7'],
  ['[PATCH v3 3/3 - RESEND] x', 'x', 3, '3/3'],
  ['[PATCH v2 1/3]x', 'x', 2, '1/3'],
  ['[PATCH v2 1/3]: x', 'x', 2, '1/3'],
  // Where the revision stands, and how it is joined to the rest.
  ['[PATCHv2 1/3] x', 'x', 2, '1/3'],
  ['[PATCHV2 1/3] x', 'x', 2, '1/3'],
  ['[V3 PATCH 2/2] x', 'x', 3, '2/2'],
  ['[PATCH-v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH -v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH v4-00/10] x', 'x', 4, '0/10'],
  ['[PATCH v2, 1/3] x', 'x', 2, '1/3'],
  ['[PATCH 1/3, v2] x', 'x', 2, '1/3'],
  ['[PATCH 1/3/v2] x', 'x', 2, '1/3'],
  ['[PATCH (v2) 1/3] x', 'x', 2, '1/3'],
  ['[Patch 4/5 v3] x', 'x', 3, '4/5'],
  ['[net,v2,1/2] x', 'x', 2, '1/2'],
  ['[net-next,v3,2/9] x', 'x', 3, '2/9'],
  ['[PATCH v6,4/4] x', 'x', 6, '4/4'],
  ['[PATCH rfc-v3 2/5] x', 'x', 3, '2/5'],
  ['[RFCv2 PATCH 2/5] x', 'x', 2, '2/5'],
  ['[PATCH v2.1 1/3] x', 'x', 2, '1/3'],
  // Several pairs of brackets, one within another, none.
  ['[PATCH][v2] x', 'x', 2],
  ['[PATCH 1/3] [v2] x', 'x', 2, '1/3'],
  ['[PATCH] [1/3] x', 'x', 1, '1/3'],
  ['[LIST][PATCH v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH v2 1/3 [RESEND]] x', 'x', 2, '1/3'],
  ['PATCH 1/3: x', 'x', 1, '1/3'],
  ['PATCH v2 1/3: x', 'x', 2, '1/3'],
  ['RFC PATCH 1/3 - x', 'x', 1, '1/3'],
  ['[Patch04/05]-x', 'x', 1, '4/5'],
  ['[Patch04/05]- x', 'x', 1, '4/5'],
  ['[PATCH] 1/3: x', 'x', 1, '1/3'],
  ['[PATCH] (2/3) x', 'x', 1, '2/3'],
  ['[PATCH] x (2/3)', 'x', 1, '2/3'],
  ['[PATCH] x [2/3]', 'x', 1, '2/3'],
  // Other words for a revision.
  ['[PATCH take 2 1/3] x', 'x', 2, '1/3'],
  ['[take #3][PATCH 1/3] x', 'x', 3, '1/3'],
  ['[PATCH version 2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH 1/3 rev 4] x', 'x', 4, '1/3'],
  ['[PATCH 1/3 #2] x', 'x', 2, '1/3'],
  ['[PATCH 1/3] x (v2)', 'x (v2)', 2, '1/3'],
  ['[PATCH 01/12] x [ver #2]', 'x [ver #2]', 2, '1/12'],
  ['[PATCH] x (take 3)', 'x (take 3)', 3],
  ['[PATCH] x, v2', 'x, v2', 2],
  ['[PATCH.v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH, second try 1/3] x', 'x', 2, '1/3'],
  ['[PATCH 2/3 3rd version] x', 'x', 3, '2/3'],
  ['[Fourth attempt][PATCH] x', 'x', 4],
  ['[PATCH] x (second try)', 'x (second try)', 2],
  ['[PATCH 1/3] x, 2nd version', 'x, 2nd version', 2, '1/3'],
  ['[PATCH] retry on the second try of a reset', 'retry on the second try of a reset', 1],
  ['[PATCH] support protocol v2', 'support protocol v2', 1],
  // Numbers that are neither a revision nor a place in a series.
  ['[PATCH v6.1 1/3] x', 'x', 1, '1/3'],
  ['[PATCH v6.1 v2 1/3] x', 'x', 2, '1/3'],
  ['[PATCH v5.10.y 1/3] x', 'x', 1, '1/3'],
  ['[PATCH v2.6.24 1/3] x', 'x', 1, '1/3'],
  ['[PATCH v6.7-rc1 1/3] x', 'x', 1, '1/3'],
  ['[PATCH 6.1-rc 001/123] x', 'x', 1, '1/123'],
  ['[PATCH 4.9, 12/50] x', 'x', 1, '12/50'],
  ['[PATCH 5.10/5.15 1/2] x', 'x', 1, '1/2'],
  ['[PATCH 5.10/5.15] x', 'x', 1],
  ['[PATCH x86/64] x', 'x', 1],
  ['[PATCH 2007/07/20] x', 'x', 1],
  ['[patch V4 part 1 01/36] x', 'x', 4, '1/36'],
  ['[PATCH -mm 3/7] x', 'x', 1, '3/7'],
  ['[PATCH] -mm: x', '-mm: x', 1],
  ['[PATCH 1/3] net/mlx5: x', 'net/mlx5: x', 1, '1/3'],
  ['[PATCH/RFC 1/3] x', 'x', 1, '1/3'],
  ['[PATCH 1 / 3] x', 'x', 1, '1/3'],
  ['[PATCH 3 of 7] x', 'x', 1, '3/7'],
];

for (const [subject, title, version, number] of rows) {
  test(`"${subject}" is ${number ?? 'without a number'}, revision ${version}`, (t) => {
    const found = parseSubject(subject);
    t.is(found.title, title);
    t.is(found.version, version);
    t.is(found.index === undefined ? undefined : `${found.index}/${found.total}`, number);
    t.false(found.reply || found.forward);
  });
}

const passed: readonly (readonly [subject: string, reply: boolean, forward: boolean])[] = [
  ['Re: [PATCH v2 1/3] x', true, false],
  ['RE: Re: [PATCH v2 1/3] x', true, false],
  ['AW: [PATCH v2 1/3] x', true, false],
  ['Re[2]: [PATCH v2 1/3] x', true, false],
  ['[LIST] Re: [PATCH v2 1/3] x', true, false],
  ['答复: [PATCH v2 1/3] x', true, false],
  ['Fwd: [PATCH v2 1/3] x', false, true],
  ['FW: Re: [PATCH v2 1/3] x', true, true],
  ['[Fwd: [PATCH v2 1/3] x]', false, true],
  ['TR: [PATCH v2 1/3] x', false, true],
  ['tr: [PATCH v2 1/3] x', false, false],
];
for (const [subject, reply, forward] of passed) {
  test(`"${subject}" is ${reply ? 'an answer' : forward ? 'passed on' : 'neither answer nor passed on'}`, (t) => {
    const found = parseSubject(subject);
    t.deepEqual([found.reply, found.forward], [reply, forward]);
    if (reply || forward) t.like(found, { version: 2, index: 1, total: 3, title: 'x' });
  });
}

test('a title is known again in its next revision', (t) => {
  t.is(titleKey('Net: two things (v2)'), titleKey('net: two things [ver #3]'));
  t.is(titleKey('net: two things, v3'), titleKey('net: two things'));
  t.not(titleKey('net: 2 things'), titleKey('net: 3 things'));
  t.is(titleKey('修正'), '修正');
});
