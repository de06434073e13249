import path from 'node:path';
import { hashValues } from '../../host/files/hash.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import type { Context } from '../../model/index.ts';
import type { FragmentUse } from './configure.ts';

/** A fragment of ours that has the last word on the options that it turns on; `what` stands in it and in its name. */
export async function ownFragment(
  what: { readonly name: string; readonly title: string },
  options: readonly string[],
  context: Context,
): Promise<FragmentUse> {
  const text = `# For ${what.title}\n${options.map((option) => `${option}\n`).join('')}`;
  const name = `${what.name}-${hashValues(text).slice(0, 16)}.config`;
  const file = path.join(context.cache.root, 'fragments', name);
  await writeFileAtomic(file, text);
  return { path: file, overrides: true };
}
