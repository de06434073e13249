import path from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/index.ts';
import { checkMail, placeOfRuns } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import type { GlobalOptions } from './session.ts';

async function readAll(io: Io): Promise<Uint8Array> {
  if (io.stdin.isTTY)
    throw new UserError('expected a mail on stdin', {
      code: 'QB-USAGE',
      hint: 'for instance: quiltboot b4-check < 0001-a.patch',
    });
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** `quiltboot b4-check`: answers b4's per-patch check from a stored run. */
export function b4Command(io: Io, done: (status: number) => void): Command {
  return new Command('b4-check')
    .description('Read a patch mail on stdin and print a stored run’s results for it as b4 per-patch check JSON.')
    .argument('[run]', 'directory of the run, or its run.json', path.join('.quiltboot', 'runs', 'latest'))
    .addHelpText(
      'after',
      `
Builds nothing; a patch that is not in the run is "not run". For b4 review:
  git config b4.review-perpatch-check-cmd "quiltboot b4-check /path/to/.quiltboot/runs/latest"
${examplesText(['quiltboot b4-check < patches/0001-a.patch', 'quiltboot b4-check .quiltboot/runs/latest < mail'])}`,
    )
    .action(async (run: string, _options: unknown, self: Command) => {
      const { project } = self.optsWithGlobals<GlobalOptions>();
      const checks = await checkMail(await readAll(io), await placeOfRuns(io.cwd, run, project), io.signal);
      io.out(`${JSON.stringify(checks, null, 2)}\n`);
      done(0);
    });
}
