import test from 'ava';
import { assemble, readSource } from '../../../../harness/import/index.ts';
import { change } from '../mails.ts';

const post = (number: number, title: string, diff: string): string =>
  `\t\t| [PATCH ${number}/2] ${title} [message #${number} is a reply to message #9] | Mon, 02 July 2007 10:0${number}   |  
\t\t| 
\t\t\t|  Ann Author Messages: 12
 Registered: May 2006
 | Member |  |  |  
\t|  Words of ${number}.
 ---
 
${diff.replace(/^/gm, ' ')}
 |  
\t|  |  |  
`;

test('posts in the rows of a table are patches of their own, with author, date and title', (t) => {
  const page = `| Home; Lists; Devel; [PATCH 0/2] Things Goto Forum:\n${post(1, 'kernel: one', change())}${post(2, 'net: two', change('net/b.c'))}\nCurrent Time: now\n`;
  const found = assemble(readSource('page.txt', page));
  t.deepEqual(
    found.patches.map(({ subject, author, date, text }) => [subject.title, subject.index, author?.name, date, text]),
    [
      ['kernel: one', 1, 'Ann Author', 'Mon, 02 July 2007 10:01', 'Words of 1.'],
      ['net: two', 2, 'Ann Author', 'Mon, 02 July 2007 10:02', 'Words of 2.'],
    ],
  );
  t.deepEqual(found.problems, []);
});
