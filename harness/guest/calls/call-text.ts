/** A call as a reader would write it. */
export function callText(name: string, args: readonly (string | number)[]): string {
  const texts = args.map((argument) => {
    const text = typeof argument === 'string' ? JSON.stringify(argument) : String(argument);
    return text.length > 80 ? `${text.slice(0, 76)}…"` : text;
  });
  return `${name}(${texts.join(', ')})`;
}

/** Data of a call as text; bytes that are no text stay apart. */
export function shown(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
}
