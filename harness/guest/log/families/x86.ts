import { at, type Family, holding } from '../family.ts';

/** Modern kernels put `Oops: ` in front, some versions twice. */
const oops = '(?:Oops: ?){0,2}';
const code = '[0-9a-f]{4} \\[#?\\d+\\]';

/** Faults of the x86 processors, by their names in all eras. */
const faults: readonly (readonly [string, string])[] = [
  ['(?:segment-related )?general protection fault[^[]{0,200}', 'general protection fault'],
  ['general protection', 'general protection fault'],
  ['stack segment', 'stack segment fault'],
  ['divide[ _]error', 'divide error'],
  ['invalid (?:opcode|operand)', 'invalid opcode'],
  ['invalid_op', 'invalid opcode'],
  ['int3', 'int3'],
  ['Bad pagetable', 'bad page table'],
  ['(overflow|bounds|invalid TSS|segment not present|alignment check|coprocessor segment overrun)', '$1'],
  [
    '(control protection|spurious interrupt|bounds check|device not available|iret exception|SIMD|fpu exception|simd exception)',
    '$1',
  ],
];

/** What an oops is a part of. */
export const oopsFollows = [
  'oops',
  'bug',
  'list',
  'slab',
  'cut-here',
  'double-fault',
  'stack-overflow',
  'cfi',
  'fortify',
  'usercopy',
  'assertion',
];

export const x86Reports: readonly Family[] = [
  {
    name: 'oops',
    severity: 'fatal',
    starts: [
      at(/^(?:BUG: )?[Uu]nable to handle kernel NULL pointer dereference\b/, 'NULL pointer dereference'),
      at(/^BUG: [Kk]ernel NULL pointer dereference\b/, 'NULL pointer dereference'),
      at(/^(?:BUG: )?[Uu]nable to handle kernel paging request\b(?! in virtual)/, 'bad paging request'),
      at(/^BUG: unable to handle page fault for address/, 'bad paging request'),
      at(/^BUG: unable to handle kernel (?:execution|access|read|write)\b/, 'bad paging request'),
      ...faults.map(([name, title]) => at(new RegExp(`^${oops}${name}: ${code}`), title)),
      // Their heads have a line of their own since 6.11, or lost the one before.
      at(/^(?:kernel )?tried to execute (?:NX-protected|exec-protected|user) page/, 'execution of a page without code'),
      at(/^unable to execute userspace code \(SMEP\?\)/, 'execution of a page without code'),
      holding('Corrupted page table', at(/^(?:.{1,16}: )?Corrupted page table at address/, 'bad page table')),
      at(/^(?:Oops: ){1,2}[0-9a-f]{4,8} \[#?\d+\]/, 'oops'),
    ],
    follows: oopsFollows,
  },
];
