/**
 * Makes one file of the program, dist/main.js, with the packages that it needs: hundreds of small modules take longer to find
 * and read than most commands take to run. The other files of dist/ stay: suites and users of the library import them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const sources = path.join(root, 'harness');

/** Packages that stay outside: those that run other code by their own files, and one that few commands load. */
const external = ['ava', 'tsx', 'undici', 'bullmq', 'ioredis'];

/** Lets every module find its neighbours where the compiled one lies, though it is a part of another file. */
const places: Plugin = {
  name: 'places',
  setup(builder) {
    builder.onLoad({ filter: /\/harness\/.*\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const compiled = path.relative(sources, file).replace(/\.ts$/, '.js');
      const at = (name: string): string => `new URL(${JSON.stringify(name)}, import.meta.url)`;
      const contents = text
        .replaceAll('import.meta.dirname', `filePathOf(${at(path.dirname(compiled))})`)
        .replaceAll('import.meta.filename', `filePathOf(${at(compiled)})`)
        .replaceAll(/(?<!, )import\.meta\.url/g, `${at(compiled)}.href`);
      return { contents, loader: 'ts' };
    });
  },
};

await build({
  entryPoints: [path.join(sources, 'main.ts')],
  outfile: path.join(root, 'dist', 'main.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.15',
  sourcemap: true,
  // Shorter is read sooner; names stay, for stacks.
  minifyWhitespace: true,
  minifySyntax: true,
  external,
  plugins: [places],
  banner: {
    // Packages of the older kind ask for Node's own modules with require.
    js: "import { createRequire as requireFrom } from 'node:module'; import { fileURLToPath as filePathOf } from 'node:url'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});
