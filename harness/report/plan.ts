import { stringify } from 'yaml';
import { type Chain, type Plan, UserError } from '../model/index.ts';

/** `x86_64 0..5` */
const nameOf = ({ target, from, to }: Chain): string => `${target} ${from}..${to}`;
const slugOf = ({ target, from, to }: Chain): string => `${target}-${from}-${to}`.toLowerCase().replaceAll('_', '-');

function minutes(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** Most jobs that a forge makes of one list. */
const most = { github: 256, gitlab: 200 } as const;

function within(plan: Plan, forge: keyof typeof most): void {
  if (plan.chains.length <= most[forge]) return;
  throw new UserError(`${plan.chains.length} chains are more than the ${most[forge]} jobs that ${forge} takes`, {
    code: 'QB-SELECTION',
    hint: `ask for fewer: --machines ${most[forge]}`,
  });
}

function text(plan: Plan): string {
  const width = Math.max(0, ...plan.chains.map((chain) => nameOf(chain).length));
  const busy = new Map<number, number>();
  for (const { machine, ms } of plan.chains) busy.set(machine, (busy.get(machine) ?? 0) + ms);
  const longest = Math.max(0, ...busy.values());
  const all = plan.chains.reduce((sum, { ms }) => sum + ms, 0);
  return [
    `${plan.series} on ${plan.tree}: ${plan.chains.length} chains for ${plan.machines} machines`,
    ...plan.chains.map(
      (chain) =>
        `  machine ${chain.machine}  ${nameOf(chain).padEnd(width)}  ${minutes(chain.ms).padStart(7)}  ${chain.key.slice(0, 12)}`,
    ),
    `the last machine ends after ${minutes(longest)}, all of it takes ${minutes(all)}` +
      (plan.measured ? ', by the times of the last run' : '; guesses, for there is no run to go by'),
    '',
  ].join('\n');
}

/** What `strategy.matrix` of a job takes by `fromJSON`. */
function github(plan: Plan): string {
  within(plan, 'github');
  const include = plan.chains.map((chain) => ({
    name: nameOf(chain),
    shard: `${chain.target}:${chain.from}..${chain.to}`,
    key: chain.key,
    command: chain.command,
  }));
  return `${JSON.stringify({ include })}\n`;
}

/** A child pipeline; what its jobs have in common is the user's job `.quiltboot`. */
function gitlab(plan: Plan): string {
  within(plan, 'gitlab');
  const jobs = plan.chains.map((chain) => [
    `quiltboot ${nameOf(chain)}`,
    {
      extends: '.quiltboot',
      variables: { QUILTBOOT_CHAIN: chain.key },
      // The verdict is that of the merged run: a part that found a failure did its work.
      script: [`${chain.command} --out shards/${slugOf(chain)} || test $? -eq 1`],
      artifacts: { when: 'always', paths: [`shards/${slugOf(chain)}`] },
    },
  ]);
  return stringify(Object.fromEntries(jobs), { lineWidth: 0 });
}

/** A Makefile: `make -j` runs the chains, and then merges them. A dollar is two dollars there. */
function make(plan: Plan): string {
  const done = plan.chains.map((chain) => `shards/${slugOf(chain)}.done`);
  const rules = plan.chains.map((chain, at) => {
    const command = chain.command.replaceAll('$', '$$$$');
    return `${done[at]}:\n\t@mkdir -p shards\n\t${command} --out shards/${slugOf(chain)} || test $$? -eq 1\n\t@touch $@\n`;
  });
  return [`.PHONY: all\nall: ${done.join(' ')}\n\tquiltboot merge shards/*/2*\n`, ...rules].join('\n');
}

/**
 * An Indexed Job: a failure of the machine (69) is tried again elsewhere, a mistake of the user (2) ends all, a part that
 * found a failure (1) did its work.
 */
function kubernetes(plan: Plan): string {
  const cases = plan.chains.map((chain, at) => `${at}) ${chain.command} --out /shards/${slugOf(chain)} ;;`);
  const script = `case "$JOB_COMPLETION_INDEX" in\n${cases.join('\n')}\nesac\nstatus=$?\ntest $status -eq 1 && exit 0\nexit $status\n`;
  return stringify(
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { generateName: 'quiltboot-' },
      spec: {
        completionMode: 'Indexed',
        completions: plan.chains.length,
        parallelism: Math.min(plan.machines, plan.chains.length),
        backoffLimit: 3 * plan.chains.length,
        podFailurePolicy: {
          rules: [
            { action: 'FailJob', onExitCodes: { containerName: 'quiltboot', operator: 'In', values: [2] } },
            { action: 'Count', onExitCodes: { containerName: 'quiltboot', operator: 'In', values: [69] } },
            { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          ],
        },
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'quiltboot',
                // Yours: quiltboot, what `quiltboot doctor` asks for, and the project.
                image: 'quiltboot',
                command: ['/bin/sh', '-c', script],
                volumeMounts: [{ name: 'shards', mountPath: '/shards' }],
              },
            ],
            volumes: [{ name: 'shards', persistentVolumeClaim: { claimName: 'quiltboot-shards' } }],
          },
        },
      },
    },
    { lineWidth: 0 },
  );
}

/** Every form of a plan, by the word for `--format`. */
export const planForms = {
  text,
  json: (plan: Plan) => `${JSON.stringify(plan, null, 2)}\n`,
  github,
  gitlab,
  make,
  kubernetes,
} as const satisfies Readonly<Record<string, (plan: Plan) => string>>;

export type PlanForm = keyof typeof planForms;
