import { at, type Family, plain } from '../family.ts';

const rule = /^={20,}$/;

/** Corrupt memory, wrong context and what the sanitizers say. */
export const memory: readonly Family[] = [
  {
    name: 'atomic',
    severity: 'error',
    starts: [
      at(/^(?:BUG: )?scheduling while atomic\b/, 'scheduling while atomic'),
      at(
        /^(?:BUG: sleeping function|Debug: sleeping function) called from invalid context at (\S+:\d+)/,
        'sleeping in invalid context at $1',
      ),
    ],
    follows: ['oops', 'bug'],
    consequence: true,
  },
  {
    name: 'sanitizer',
    severity: 'error',
    form: 'prose',
    end: rule,
    starts: [
      plain(/^BUG: (KASAN|KFENCE|KMSAN): (.+?) in ([\w.]+)(?:\+0x.*)?$/, '$1: $2 in $3'),
      plain(/^BUG: (KASAN|KFENCE|KMSAN): (.+)$/, '$1: $2'),
      plain(/^BUG: KCSAN: (.+)$/, 'KCSAN: $1'),
      plain(/^UBSAN: (.+?) in (\S+:\d+)/, 'UBSAN: $1 in $2'),
      plain(/^UBSAN: Undefined behaviour in (\S+:\d+)/, 'UBSAN: undefined behaviour in $1'),
    ],
    follows: ['cut-here'],
  },
  {
    name: 'leak',
    severity: 'error',
    form: 'line',
    starts: [plain(/^kmemleak: \d+ new suspected memory leaks/, 'kmemleak: suspected memory leaks')],
  },
  {
    name: 'slab',
    severity: 'error',
    starts: [
      plain(/^slab error in ([\w.]+)\(\): cache [`'](.+?)': (.+?)[!.]*$/, 'slab error in $1: $2: $3'),
      plain(/^Slab corruption(?: \([^)]*\))?: (?:(\S+) )?start=/, 'slab corruption $1'),
      plain(/^BUG (\S+?)(?: \([^)]*\))?: (.+?)(?:\. .*| 0x.*|[!.]*)?$/, 'slab error: $1: $2'),
      plain(/^kmem_cache_destroy (.+?): Slab cache still has objects/, 'slab cache $1 still has objects'),
      plain(/^(?:slab|SLUB): double free detected in cache '(.+?)'/, 'double free in $1'),
    ],
    follows: ['cut-here', 'list'],
  },
  {
    name: 'list',
    severity: 'error',
    starts: [at(/^(list_add|list_del) corruption\b/, '$1 corruption'), at(/^(list_add double add)/, '$1')],
    follows: ['cut-here'],
  },
  {
    name: 'refcount',
    severity: 'error',
    starts: [at(/^refcount_t: (.+?)\.?$/, 'refcount_t: $1'), at(/^(BUG: atomic counter underflow)/, '$1')],
    follows: ['cut-here'],
  },
  {
    name: 'odebug',
    severity: 'error',
    starts: [at(/^ODEBUG: (.+?) \(.*object type: (\S+)/, 'ODEBUG: $1 $2')],
    follows: ['cut-here'],
  },
  {
    name: 'page',
    severity: 'error',
    starts: [
      plain(/^(?:BUG: )?Bad page (state|map|cache) in process/, 'bad page $1'),
      plain(/^BUG: Bad rss-counter state/, 'bad rss counter'),
      plain(/^(?:\S+: )?(?:mm\/\S+ )?bad p[mug4]d /, 'bad page table entry'),
    ],
  },
  {
    name: 'oom',
    severity: 'error',
    starts: [
      plain(/^\S+ invoked oom-killer/, 'out of memory'),
      plain(/^(?:Memory cgroup )?[Oo]ut of [Mm]emory(?: \([^)]*\))?: [Kk]ill/, 'out of memory'),
    ],
    follows: ['oom'],
    consequence: true,
  },
  {
    name: 'allocation',
    severity: 'error',
    form: 'line',
    starts: [plain(/^.+: page allocation failure[:.] order:(\d+)/, 'page allocation failure of order $1')],
  },
];
