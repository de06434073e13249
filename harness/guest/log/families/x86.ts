import { at, type Family } from '../family.ts';

/** Faults of the x86 processors, in the wordings of both eras. */
export const x86: readonly Family[] = [
  {
    name: 'oops',
    severity: 'fatal',
    starts: [
      at(/^(?:BUG: )?[Uu]nable to handle kernel NULL pointer dereference\b/, 'NULL pointer dereference'),
      at(/^BUG: kernel NULL pointer dereference, address/, 'NULL pointer dereference'),
      at(/^(?:BUG: )?[Uu]nable to handle kernel paging request\b(?! in virtual)/, 'bad paging request'),
      at(/^BUG: unable to handle page fault for address/, 'bad paging request'),
      at(
        /^(?:Oops: )?(?:segment-related )?general protection fault[^[]*: [0-9a-f]{4} \[#?\d+\]/,
        'general protection fault',
      ),
      at(/^(?:Oops: )?stack segment: [0-9a-f]{4} \[#?\d+\]/, 'stack segment fault'),
      at(/^(?:Oops: )?divide error: [0-9a-f]{4} \[#?\d+\]/, 'divide error'),
      at(/^(?:Oops: )?invalid opcode: [0-9a-f]{4} \[#?\d+\]/, 'invalid opcode'),
      at(/^(?:Oops: )?int3: [0-9a-f]{4} \[#?\d+\]/, 'int3'),
      at(/^(?:Oops: )?Bad pagetable: [0-9a-f]{4} \[#?\d+\]/, 'bad page table'),
      at(
        /^(?:Oops: )?(overflow|bounds|invalid TSS|segment not present|alignment check|coprocessor segment overrun): [0-9a-f]{4} \[#?\d+\]/,
        '$1',
      ),
      at(/^(?:kernel )?tried to execute NX-protected page/, 'execution of a page without code'),
      at(/^Oops: [0-9a-f]{4} \[#?\d+\]/, 'oops'),
    ],
    follows: ['oops', 'bug', 'list', 'slab', 'cut-here', 'double-fault', 'stack-overflow'],
  },
];
