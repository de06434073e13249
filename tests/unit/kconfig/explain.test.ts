import test from 'ava';
import { explainLost, parseConfig, readDefinitions } from '../../../harness/kconfig/index.ts';

const files: Record<string, string> = {
  Kconfig: `
mainmenu "Linux"
source "init/Kconfig"
source "arch/$(SRCARCH)/Kconfig"
source "missing/Kconfig"
if NET
source "net/Kconfig"
endif
`,
  'init/Kconfig': `
config CGROUPS
	bool "Control Group support"
	select KERNFS
	help
	  config DECOY
	  This is text, and so is the line before it.

	  depends on NOTHING

menu "Controllers"
	depends on CGROUPS

config CPUSETS
	bool "Cpuset controller"
	depends on SMP && (MEMORY || \\
		SWAP)
	depends on $(success,true) && !BROKEN

endmenu

config KERNFS
	bool

choice
	prompt "Preemption"
	default PREEMPT_NONE

config PREEMPT_NONE
	bool "None"

config PREEMPT
	bool "Full"

endchoice

config EXPERT_ONLY
	bool "Hidden" if EXPERT
	default y

config SHIFT
	int "Shift"
	range 12 21 if !BIG
	range 0 30
`,
  'arch/s390/Kconfig': 'config MARCH_Z10\n\tbool "z10"\n\tdepends on HAVE_MARCH != "z9" && VERSION >= 120\n',
  'net/Kconfig': 'config UNIX\n\ttristate "Unix sockets"\n',
};

async function why(symbol: string, value: string, config = ''): Promise<string | undefined> {
  const definitions = await readDefinitions((file) => Promise.resolve(files[file]), ['absent', 'Kconfig'], {
    SRCARCH: 's390',
  });
  const resolved = parseConfig(config);
  const option = { symbol, value, file: 'f', line: 1, resolved: resolved.get(symbol) ?? 'n' };
  return explainLost(option, definitions, resolved);
}

test('names the parts of the dependencies that are not met, with their places', async (t) => {
  t.is(
    await why('CPUSETS', 'y', 'CONFIG_SMP=y\nCONFIG_BROKEN=y\n'),
    'its dependencies CGROUPS (init/Kconfig:12), MEMORY || SWAP (init/Kconfig:16), !BROKEN (init/Kconfig:18) are not met',
  );
  t.is(
    await why('CPUSETS', 'y', 'CONFIG_CGROUPS=y\nCONFIG_SMP=y\n'),
    'its dependency MEMORY || SWAP (init/Kconfig:16) is not met',
  );
});

test('conditions around an included file count', async (t) => {
  t.is(await why('UNIX', 'y'), 'its dependency NET (Kconfig:6) is not met');
});

test('comparisons are worked out', async (t) => {
  t.is(
    await why('MARCH_Z10', 'y', 'CONFIG_HAVE_MARCH="z9"\nCONFIG_VERSION=119\n'),
    'its dependencies HAVE_MARCH != "z9" (arch/s390/Kconfig:3), VERSION >= 120 (arch/s390/Kconfig:3) are not met',
  );
});

test('an unknown name has the nearest one; help texts define nothing', async (t) => {
  t.is(await why('CGROUP', 'y'), 'this tree has no such option; the nearest name is CGROUPS');
  t.is(await why('DECOY', 'y'), 'this tree has no such option');
});

test('says what selects, what was chosen instead, what hides and what range holds', async (t) => {
  t.is(await why('KERNFS', 'y'), "it has no prompt, so a fragment can't set it; selected by CGROUPS");
  t.is(await why('KERNFS', 'n', 'CONFIG_CGROUPS=y\nCONFIG_KERNFS=y\n'), 'it is selected by CGROUPS');
  t.is(await why('PREEMPT', 'y', 'CONFIG_PREEMPT_NONE=y\n'), 'PREEMPT_NONE was taken in the same choice');
  t.is(await why('EXPERT_ONLY', 'n', 'CONFIG_EXPERT_ONLY=y\n'), 'it can be set only with EXPERT (init/Kconfig:38)');
  t.is(await why('SHIFT', '99', 'CONFIG_SHIFT=21\n'), 'it must lie between 12 and 21');
  t.is(await why('SHIFT', '99', 'CONFIG_SHIFT=30\nCONFIG_BIG=y\n'), 'it must lie between 0 and 30');
});
