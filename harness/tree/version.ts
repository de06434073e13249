/**
 * The version as `make kernelversion` prints it, read from the text of a kernel's top Makefile; undefined when that
 * text isn't one.
 */
export function kernelVersion(makefile: string): string | undefined {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}[ \\t]*:?=[ \\t]*([^\\s#]*)`, 'm').exec(makefile)?.[1];
  const version = value('VERSION');
  const patchLevel = value('PATCHLEVEL');
  if (version === undefined || version === '' || patchLevel === undefined || patchLevel === '') return undefined;
  const subLevel = value('SUBLEVEL') ?? '';
  return `${version}.${patchLevel}${subLevel === '' ? '' : `.${subLevel}`}${value('EXTRAVERSION') ?? ''}`;
}
