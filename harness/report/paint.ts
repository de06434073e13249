/** The codes of a terminal for colours (SGR). */
export const paintCodes = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

/** Wraps a text in a terminal's colour when colours are wanted. */
export type Paint = (text: string, colour: keyof typeof paintCodes) => string;

export const noPaint: Paint = (text) => text;

/** Whether to colour what goes to a stream, by the usual variables. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env['NO_COLOR'] || (env['TERM'] === 'dumb' && !env['FORCE_COLOR'])) return false;
  return isTerminal || Boolean(env['FORCE_COLOR']);
}
