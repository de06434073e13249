import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { globSync } from 'tinyglobby';

/** Tells every module where its source is, for that is where its neighbours and fixtures are. */
const places: Plugin = {
  name: 'places',
  setup(builder) {
    builder.onLoad({ filter: /\/(?:harness|scripts|tests)\/.*\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
        .replaceAll('import.meta.filename', JSON.stringify(file))
        .replaceAll('import.meta.url', JSON.stringify(`file://${file}`));
      return { contents, loader: 'ts' };
    });
  },
};

/** The compiled file of a test, or of a pattern of tests. */
export function compiledName(name: string): string {
  return /^tests\/.*\.ts$/.test(name) ? path.join('dist', name.replace(/\.ts$/, '.js')) : name;
}

/**
 * Makes one file of each test file and of everything that it imports from the project: to translate hundreds of modules again
 * in each test process takes longer than most tests.
 */
export async function compileTests(root: string): Promise<void> {
  const files = globSync(['tests/**/*.test.ts', 'tests/support/completion.ts'], { cwd: root, absolute: true });
  await build({
    entryPoints: files,
    outdir: path.join(root, 'dist'),
    outbase: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.15',
    packages: 'external',
    sourcemap: 'linked',
    plugins: [places],
    logLevel: 'warning',
  });
}
