import { at, type Family } from '../family.ts';

/** Program checks of s390: name, interruption code, `ilc:` on modern kernels, and `[#n]`. */
const checks = [
  'operation exception',
  'illegal operation',
  'privileged operation',
  'execute exception',
  'protection exception',
  'addressing exception',
  'specification exception',
  'data exception',
  'fixpoint overflow exception',
  'fixpoint divide exception',
  'decimal overflow exception',
  'decimal divide exception',
  'operand exception',
  'translation exception',
  'translation specification exception',
  'special operation exception',
  'space switch event',
  'transaction constraint exception',
  'vector processing exception',
  'monitor event',
  'unknown program exception',
  'Low-address protection',
  'page translation of system segment',
].join('|');

export const s390: readonly Family[] = [
  {
    name: 'oops',
    severity: 'fatal',
    starts: [
      at(/^Unable to handle kernel pointer dereference (?:at|in) virtual (?:kernel|user)/, 'bad pointer dereference'),
      at(/^Unable to handle kernel paging request (?:at|in) virtual (?:kernel|user)/, 'bad paging request'),
      at(/^Unable to handle kernel pointer dereference/, 'bad pointer dereference'),
      at(new RegExp(`^(${checks}): [0-9a-f]{4}(?: ilc:\\d)? \\[#\\d+\\]`), '$1'),
      at(/^Oops: [0-9a-f]{4} ilc:\d \[#\d+\]/, 'oops'),
    ],
    follows: ['oops', 'bug', 'list', 'slab', 'cut-here', 'stack-overflow'],
  },
  {
    // The registers of a report whose first line was lost.
    name: 'psw',
    severity: 'fatal',
    form: 'line',
    starts: [at(/^Krnl PSW : [0-9a-f]{16} [0-9a-f]{16}/, 'oops')],
    follows: ['*'],
  },
];
