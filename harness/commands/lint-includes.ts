import { Command } from 'commander';
import { isRisky } from '../model/index.ts';
import { lintIncludes } from '../pipeline/index.ts';
import { renderLint } from '../report/index.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import { examplesText } from './print.ts';
import { chooseFrom, type SelectionOptions, withSelection } from './selection.ts';
import { type GlobalOptions, openSession, type WorkOptions } from './session.ts';

const policy = `
What counts: the lines that the series adds at its last point, as the compiler of each target sees them. A name is
direct when its file (or a private header that it includes in quotes) includes the header that declares it, or a header
that this one is a part of: linux/x.h for asm/x.h and uapi/linux/x.h, linux/x.h for linux/x_*.h, the linux/ header
around an architecture's, the one that includes a header which says that it is not for direct use. linux/types.h,
stddef.h, the compiler's headers and kconfig.h need no include at all; a struct needs one only where its members or its
size are used. An indirect use is risky when every way to it has a step that need not be there: an include under an
#if, or in a header of one architecture. Only risky ones are shown unless --all is given.

Exit status: 0 nothing risky, 1 something is.
`;

/** `quiltboot lint-includes`: what breaks elsewhere, ahead of the failure. */
export function lintIncludesCommand(io: Io, done: (status: number) => void): Command {
  const command = new Command('lint-includes').description(
    'Find names that a series uses through indirect #includes only, and say where that breaks.',
  );
  return withSelection(command)
    .addOption(option.jobs())
    .option('--all', 'also list indirect uses that hold in every configuration')
    .addHelpText(
      'after',
      examplesText([
        'quiltboot lint-includes',
        'quiltboot lint-includes container --target x86_64,i386,s390x',
        'quiltboot lint-includes mine --config debug --all',
        'quiltboot lint-includes container --without-fix kmod-include',
      ]),
    )
    .addHelpText('after', policy)
    .action(
      async (
        series: string | undefined,
        options: SelectionOptions & WorkOptions & { readonly all?: true },
        self: Command,
      ) => {
        const global = self.optsWithGlobals<GlobalOptions>();
        const { selection } = await chooseFrom(io, global, series, options);
        const session = openSession(io, global, options);
        const result = await lintIncludes(selection, session.context).finally(() => session.reporter.end());
        io.out(renderLint(result, options.all ?? false));
        done(result.uses.some(isRisky) ? 1 : 0);
      },
    );
}
