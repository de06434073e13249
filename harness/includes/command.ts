/** The file in which kbuild keeps the command that made something: `kernel/.fork.i.cmd` for `kernel/fork.i`. */
export function commandFile(made: string): string {
  const slash = made.lastIndexOf('/') + 1;
  return `${made.slice(0, slash)}.${made.slice(slash)}.cmd`;
}

/** The thing that make is asked for to have an object's source preprocessed. */
export function preprocessedName(object: string): string {
  return object.replace(/\.o$/, '.i');
}

/**
 * The shell command that prints a translation unit with its includes and macros, made of the text of the `.cmd` file
 * that kbuild keeps for a `.i` file; undefined when that is something else. It runs in the build directory.
 */
export function unitCommand(text: string): string | undefined {
  const recorded = /^(?:saved)?cmd_\S+ := (.*)$/m.exec(text)?.[1];
  if (recorded === undefined || !/ -E /.test(recorded)) return undefined;
  const command = recorded
    .replaceAll('$$', '$')
    .replaceAll('$(pound)', '#')
    .replaceAll('\\#', '#')
    .replace(/ -o \S+/, '')
    .replace(/ -Wp,-M\S+/g, '');
  return `${command} -dDI 2>/dev/null`;
}
