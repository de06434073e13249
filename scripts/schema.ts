/** Writes the JSON Schema of the project file into dist/, from where the package publishes it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectJsonSchema } from '../harness/project/index.ts';

const file = path.resolve(import.meta.dirname, '..', 'dist', 'quiltboot.schema.json');
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(projectJsonSchema(), null, 2)}\n`);
