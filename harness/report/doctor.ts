import type { DoctorReport } from '../model/index.ts';

/** What is there, missing or broken on this machine, a line for each thing; last, how to install what is missing. */
export function renderDoctor({ entries, install }: DoctorReport): string {
  const lines = entries.map(({ state, name, text }) => `${state.padEnd(8)} ${name.padEnd(22)} ${text}\n`);
  return [...lines, ...(install === undefined ? [] : [`\nto install everything that is missing: ${install}\n`])].join(
    '',
  );
}
