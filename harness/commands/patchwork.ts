import path from 'node:path';
import { Command, Option } from 'commander';
import { defined } from '../model/index.ts';
import { placeOfRuns, sendToPatchwork } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { makeReporter } from './reporter.ts';
import type { GlobalOptions } from './session.ts';

interface PatchworkOptions {
  readonly project?: string;
  readonly link?: string;
  readonly dryRun?: true;
}

/** `quiltboot patchwork`: gives a Patchwork the results of a stored run. */
export function patchworkCommand(io: Io, done: (status: number) => void): Command {
  return new Command('patchwork')
    .description('Give a Patchwork the results of a stored run: a check for each patch and target.')
    .argument('<url>', 'address of the Patchwork')
    .argument('[run]', 'directory of the run, or its run.json', path.join('.quiltboot', 'runs', 'latest'))
    .addOption(new Option('--project <name>', 'the project there, where a mail is in several'))
    .addOption(new Option('--link <address>', 'where people find the report; it stands in each check'))
    .addOption(new Option('-n, --dry-run', 'say what would be sent and send nothing'))
    .addHelpText(
      'after',
      `
Patches are known by the Message-ID of their mails, which quiltboot import keeps. The token is read from
QUILTBOOT_PATCHWORK_TOKEN. Sending the same results again changes nothing.
${examplesText([
  'quiltboot patchwork https://patchwork.kernel.org --dry-run',
  'quiltboot patchwork https://patchwork.example.org .quiltboot/runs/latest --project linux --link https://ci.example.org/7',
])}`,
    )
    .action(async (url: string, run: string, { project, link, dryRun }: PatchworkOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const reporter = makeReporter(io, { quiet: global.quiet ?? false });
      const request = {
        run: await placeOfRuns(io.cwd, run, global.project),
        server: url,
        dryRun: dryRun === true,
        ...defined({ project, link, token: io.env['QUILTBOOT_PATCHWORK_TOKEN'] || undefined }),
      };
      try {
        const checks = await sendToPatchwork(request, { signal: io.signal, emit: reporter.emit });
        for (const { result, patch, context, state, description } of checks)
          io.out(`${result}: ${patch}: ${context} ${state}: ${description}\n`);
      } finally {
        reporter.end();
      }
      done(0);
    });
}
