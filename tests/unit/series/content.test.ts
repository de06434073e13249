import test from 'ava';
import { diffContent } from '../../../harness/series/content.ts';

const diff = (line: number, index = 'a1b2..c3d4', added = 'new'): string =>
  `diff --git a/x.c b/x.c\nindex ${index} 100644\n--- a/x.c\n+++ b/x.c\n@@ -${line},3 +${line},3 @@ int f(void)\n one\n-old\n+${added}\n two\n`;

test('line numbers, index lines and the signature of a mail do not matter; what changes does', (t) => {
  const moved = diff(70, 'ffff..eeee').replace('+new', '+new \r');
  t.is(diffContent(diff(1)), diffContent(`${moved}-- \n2.39.5\n`));
  t.not(diffContent(diff(1)), diffContent(diff(1, 'a1b2..c3d4', 'newer')));
  t.not(diffContent(diff(1)), diffContent(diff(1).replaceAll('x.c', 'y.c')));
});

test('a text without a change has no content', (t) => {
  t.is(diffContent(''), '');
  t.is(diffContent('About this series.\n\n x.c | 2 +-\n'), '');
});
