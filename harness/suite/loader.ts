/**
 * Preloaded into suite processes (`node --import`): lets suite files anywhere on the disk import `quiltboot/suite` and
 * `ava`, also where there is no node_modules, and be ES modules where no package.json says so.
 */
import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// Hooks live in a thread of their own, in which TypeScript is not known: hence source text.
const hooks = `
let ours = {};
export async function initialize(data) { ours = data; }
export async function resolve(specifier, context, next) {
  const own = ours[specifier];
  const resolved = own === undefined ? await next(specifier, context) : await next(own, context);
  const isPlainTypeScript = resolved.format === 'commonjs' && /^file:[^?]*[.]ts(?:[?]|$)/.test(resolved.url);
  return isPlainTypeScript && !resolved.url.includes('/node_modules/') ? { ...resolved, format: 'module' } : resolved;
}
`;

const ending = path.extname(import.meta.filename);
const here = import.meta.dirname;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
  data: {
    'quiltboot/suite': pathToFileURL(path.join(here, `index${ending}`)).href,
    ava: import.meta.resolve('ava'),
  },
});
