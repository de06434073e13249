import type { CheckFinding } from '../model/index.ts';

/** What the tree's kernel-doc complains of: `FILE:LINE: warning: text`. */
export function readKernelDoc(output: string): CheckFinding[] {
  return output.split('\n').flatMap((text): CheckFinding[] => {
    const match = /^(.+?):(\d+): (warning|error): (.*)$/.exec(text.trim());
    if (!match) return [];
    return [{ file: match[1] ?? '', line: Number(match[2]), text: match[4] ?? '', severity: 'warning' }];
  });
}
