/** Wraps a text in a terminal's colour when colours are wanted. */
export type Paint = (text: string, colour: 'red' | 'green' | 'yellow' | 'dim' | 'bold') => string;

export const noPaint: Paint = (text) => text;

export const ansiPaint: Paint = (text, colour) => {
  const code = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 }[colour];
  return `\u001b[${code}m${text}\u001b[0m`;
};
