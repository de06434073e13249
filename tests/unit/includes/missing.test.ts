import test from 'ava';
import { missingName } from '../../../harness/includes/index.ts';

const place = { severity: 'error', file: 'kernel/a.c', line: 3, column: 2, object: 'kernel/a.o' } as const;

const messages: readonly [string, string | undefined, string | undefined][] = [
  ["implicit declaration of function 'call'; did you mean 'cell'?", undefined, 'name call'],
  ["'UMH_WAIT_EXEC' undeclared (first use in this function)", undefined, 'name UMH_WAIT_EXEC'],
  ["type defaults to 'int' in declaration of 'EXPORT_SYMBOL_GPL'", undefined, 'name EXPORT_SYMBOL_GPL'],
  ["unknown type name 'work_func_t'", undefined, 'type work_func_t'],
  ["invalid use of undefined type 'struct seq_file'", undefined, 'struct seq_file'],
  ["dereferencing pointer to incomplete type 'const struct cred'", undefined, 'struct cred'],
  ["invalid application of 'sizeof' to incomplete type 'struct page'", undefined, 'struct page'],
  ["field 'work' has incomplete type", '\tstruct work_struct work;', 'struct work_struct'],
  ["storage size of 'f' isn't known", '\tstruct fd f = fdget(1);', 'struct fd'],
  [
    "'struct super_block' declared inside parameter list will not be visible outside of this definition",
    undefined,
    'struct super_block',
  ],
  ["field 'work' has incomplete type", undefined, undefined],
  ["'struct list' has no member named 'back'", undefined, undefined],
  ['expected expression', undefined, undefined],
];

for (const [message, source, expected] of messages) {
  test(`${message}${source === undefined ? '' : ' (with its line)'}`, (t) => {
    const found = missingName({ ...place, message }, source);
    t.is(found && `${found.kind} ${found.name}`, expected);
  });
}

test('a message of the linker names no missing include', (t) => {
  const message = "implicit declaration of function 'call'";
  t.is(missingName({ ...place, message, object: 'vmlinux' }), undefined);
});
