import { defined, type Toolchain } from '../model/index.ts';
import type { DocumentPath } from './document.ts';
import type { ProjectFile } from './schema.ts';

/** The compiler that is used where a tree names none. */
export const plainToolchain: Toolchain = {
  name: 'gcc',
  cc: 'gcc',
  hostcc: 'gcc',
  flags: [],
  targetFlags: {},
  hostFlags: [],
};

/**
 * The compilers that a project names, and the plain one.
 *
 * @param byTarget checks the names of targets at a place of the file
 */
export function toolchainsOf(
  named: ProjectFile['toolchains'] = {},
  byTarget: <T>(at: DocumentPath, record: Readonly<Record<string, T>> | undefined) => Record<string, T>,
): Record<string, Toolchain> {
  const all = Object.entries(named).map(([name, entry]): [string, Toolchain] => {
    const { cc, hostcc, flags = [], hostFlags = [], linkerFlags } = entry;
    const targetLinkerFlags =
      entry.targetLinkerFlags && byTarget(['toolchains', name, 'targetLinkerFlags'], entry.targetLinkerFlags);
    return [
      name,
      {
        name,
        cc: cc ?? plainToolchain.cc,
        hostcc: hostcc ?? plainToolchain.hostcc,
        ...{ flags, hostFlags },
        targetFlags: byTarget(['toolchains', name, 'targetFlags'], entry.targetFlags),
        ...defined({ linkerFlags, targetLinkerFlags }),
      },
    ];
  });
  return { [plainToolchain.name]: plainToolchain, ...Object.fromEntries(all) };
}
