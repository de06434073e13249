import test from 'ava';
import { conditionsAt, includeLines } from '../../../harness/includes/conditions.ts';

const header = `#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/fs.h>
#ifdef CONFIG_HIGHMEM
#include <asm/highmem.h>
#elif defined(CONFIG_A) && \\
	!defined(CONFIG_B)
# include "b.h"
#else /* neither */
#include <linux/kmod.h>
#ifdef __KERNEL__
#include <linux/inner.h>
#endif
#endif
#endif
`;

test('each include has what it is under, without the guard of the file', (t) => {
  t.deepEqual(
    includeLines(header).map(({ line, spec, conditions }) => [line, spec, ...conditions.map(({ text }) => text)]),
    [
      [4, '<linux/fs.h>'],
      [6, '<asm/highmem.h>', '#ifdef CONFIG_HIGHMEM'],
      [9, '"b.h"', '#elif defined(CONFIG_A) && !defined(CONFIG_B)'],
      [11, '<linux/kmod.h>', '#else of #elif defined(CONFIG_A) && !defined(CONFIG_B)'],
      [13, '<linux/inner.h>', '#else of #elif defined(CONFIG_A) && !defined(CONFIG_B)'],
    ],
  );
});

test('options of every branch before count', (t) => {
  t.deepEqual(conditionsAt(header, 11)[0]?.options, ['CONFIG_HIGHMEM', 'CONFIG_A', 'CONFIG_B']);
  t.deepEqual(conditionsAt(header, 4), []);
});
