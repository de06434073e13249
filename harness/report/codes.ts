import { type Code, type CodeText, codes } from '../model/index.ts';

/** What one code means, with an example and what to do. */
export function renderCode(code: Code): string {
  const { status, meaning, example, cure }: CodeText = codes[code];
  return [`${code} (exit status ${status})`, `  ${meaning}`, `  example: ${example}`, `  ${cure}`, ''].join('\n');
}

/** Every code with its exit status and meaning, a line each. */
export function renderCodes(): string {
  const rows = Object.entries(codes).map(
    ([code, { status, meaning }]) => `${code.padEnd(18)} ${`${status}`.padStart(3)}  ${meaning}`,
  );
  return `${['code              exit  meaning', ...rows].join('\n')}\n`;
}
