import { at, type Family, holding, inside, plain } from '../family.ts';

/** Corrupt memory, wrong context and leaks. */
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
      at(
        /^(?:BUG: sleeping function|Debug: sleeping function) called from invalid context(?: at)? (\S+)\(?:?(\d+)\)?/,
        'sleeping in invalid context at $1:$2',
      ),
    ],
    follows: ['oops', 'bug'],
    consequence: true,
  },
  {
    name: 'leak',
    severity: 'error',
    form: 'line',
    starts: [
      plain(/^kmemleak: \d+ new suspected memory leaks/, 'kmemleak: suspected memory leaks'),
      plain(/^(?:neighbour: )?neighbour leakage$/, 'neighbour leakage'),
      at(/^kmemleak: (Cannot insert) \S+ into the object search tree/, 'kmemleak: $1 an object twice'),
      plain(/^JBD2?: leaked \d+ (journal_heads)/, 'leaked $1'),
    ],
  },
  {
    name: 'leak',
    severity: 'error',
    starts: [at(/^(?:kmemleak: )?unreferenced object 0x[0-9a-f]+ \(size \d+\)/, 'kmemleak: unreferenced object')],
    follows: ['cut-here'],
  },
  {
    // What early KASAN says of the object, as SLUB says it of one of its own.
    name: 'slab',
    severity: 'error',
    starts: [at(/^BUG (\S+) \([^)]*\): kasan: bad access detected/, 'KASAN: bad access to $1')],
    follows: ['sanitizer'],
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
      at(/^kfree_debugcheck: (?:out of range ptr|bad ptr)/, 'slab error: bad pointer freed'),
      at(/^virt_to_cache: Object is not a Slab page/, 'slab error: not a slab page'),
      at(/^(?:slab: )?Internal list corruption detected in cache '(.+?)'/, 'slab corruption $1'),
      plain(
        /^(?:double free, or memory outside object was overwritten)/,
        'slab error: memory outside object was overwritten',
      ),
    ],
    follows: ['cut-here', 'list'],
  },
  {
    name: 'list',
    severity: 'error',
    starts: [
      at(/^(list_add|list_del) corruption\b/, '$1 corruption'),
      at(/^(list_add double add)/, '$1'),
      at(/^(list_add|list_del) attempted on force-poisoned entry/, '$1 corruption'),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    name: 'refcount',
    severity: 'error',
    starts: [at(/^refcount_t: (.+?)\.?$/, 'refcount_t: $1')],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    name: 'odebug',
    severity: 'error',
    starts: [
      at(/^ODEBUG: (.+?) \(.*object type: (\S+)/, 'ODEBUG: $1 $2'),
      at(/^ODEBUG: (.+?) object type: (\S+)/, 'ODEBUG: $1 $2'),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    name: 'page',
    severity: 'error',
    starts: [
      at(/^(?:BUG: )?Bad page (state|map|cache) in process/, 'bad page $1'),
      at(/^BUG: Bad page (state|map|cache)\b/, 'bad page $1'),
      at(/^Bad page state at /, 'bad page state'),
      plain(/^BUG: Bad rss-counter state/, 'bad rss counter'),
      holding('bad p', plain(/^(?:\S{1,80}: ){0,2}(?:mm\/\S{1,80} )?bad p[mug4]d\b/, 'bad page table entry')),
      plain(
        /^(?:swap_free|swap_dup|get_swap_device|_swap_info_get): (?:Bad swap|Unused swap|Trying to)/,
        'bad swap entry',
      ),
    ],
  },
  {
    name: 'oom',
    severity: 'error',
    starts: [
      holding('invoked oom-killer', plain(/^\S{1,40}(?: \S{1,20})? invoked oom-killer/, 'out of memory')),
      plain(/^(?:Memory cgroup )?[Oo]ut of [Mm]emory(?: \([^)]*\))?: [Kk]ill/, 'out of memory'),
    ],
    follows: ['oom'],
    consequence: true,
  },
  {
    name: 'allocation',
    severity: 'error',
    form: 'line',
    starts: [
      holding(
        'page allocation failure',
        plain(/^.{1,60}: page allocation failure[:.] order:(\d+)/, 'page allocation failure of order $1'),
      ),
      holding('allocation failure: ', plain(/^.{1,60}: vmalloc: allocation failure: /, 'vmalloc allocation failure')),
      holding(
        'allocation failure',
        plain(/^.{1,60}: vmalloc (?:size|error)\b.{1,120}, mode:/, 'vmalloc allocation failure'),
      ),
      inside(/^warn_alloc_failed: ([\w.]+)/, 'page allocation failure', 1),
    ],
  },
];
