import test from 'ava';
import { gcovCommand, gcovFile, gcovVariables, isCountable, refusesCounters } from '../../../harness/make/index.ts';

test('only C files of the kernel itself have objects that count', (t) => {
  for (const file of ['kernel/fork.c', 'drivers/net/a-b_c+d.c', 'arch/s390/kernel/setup.c'])
    t.true(isCountable(file), file);
  for (const file of [
    ...[
      'include/linux/x.h',
      'arch/x86/entry/a.S',
      'scripts/mod/modpost.c',
      'tools/perf/a.c',
      'samples/a.c',
      'Makefile',
    ],
    ...['kernel/$(shell id).c', 'kernel/a b.c', 'kernel/a,b.c', '../a.c', 'kernel/x%.c'],
  ]) {
    t.false(isCountable(file), file);
  }
});

test('make is asked for the whole name of an object, and directories that must not count are left alone', (t) => {
  t.deepEqual(gcovVariables(['kernel/spool.c', 'lib/spool.c', 'kernel/reel.c']), {
    'GCOV_PROFILE_spool.o': '$(if $(filter kernel/spool.o lib/spool.o,$@),$(if $(filter n,$(GCOV_PROFILE)),n,y))',
    'GCOV_PROFILE_reel.o': '$(if $(filter kernel/reel.o,$@),$(if $(filter n,$(GCOV_PROFILE)),n,y))',
  });
  t.is(gcovFile('kernel/spool.c', 'gcno'), 'kernel/spool.gcno');
});

test('a makefile that forbids counters for an object is heard', (t) => {
  t.true(refusesCounters('obj-y += a.o\nGCOV_PROFILE_spool.o := n\n', 'kernel/spool.c'));
  t.true(refusesCounters('GCOV_PROFILE_spool.o=n # early', 'kernel/spool.c'));
  t.false(refusesCounters('GCOV_PROFILE_spool.o := y\nGCOV_PROFILE_spoolxo := n', 'kernel/spool.c'));
  t.false(refusesCounters('# GCOV_PROFILE_spool.o := n\nGCOV_PROFILE_xspool.o := n', 'kernel/spool.c'));
});

test('counters are read by the gcov of their compiler', (t) => {
  const cross = { crossCompile: 's390x-linux-gnu-' };
  t.is(gcovCommand(cross, { cc: 'gcc' }), 's390x-linux-gnu-gcov');
  t.is(gcovCommand(cross, { cc: 'gcc-12' }), 's390x-linux-gnu-gcov-12');
  t.is(gcovCommand({ crossCompile: '' }, { cc: 'x86_64-linux-gnu-gcc-11' }), 'x86_64-linux-gnu-gcov-11');
  t.is(gcovCommand(cross, { cc: 'clang' }), undefined);
});
