/**
 * Checks the documents against the code: every path that they or a comment name is there, every command parses, every
 * generated table is what the code says. With `--write` the tables are written again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { $, argv, glob } from 'zx';
import { makeProgram } from '../harness/commands/program.ts';
import { projectSchema } from '../harness/project/schema.ts';
import { targets } from '../harness/targets/index.ts';
import { silentIo } from '../tests/support/io.ts';
import { commandTable, fillBlocks, optionTable, schemaTable, targetTable } from './docs/blocks.ts';
import { commandsIn, type Mention, pathsIn, wordsOf } from './docs/mentions.ts';

const root = path.resolve(import.meta.dirname, '..');

const blocks = {
  commands: () => commandTable(makeProgram(silentIo, '0', () => undefined)),
  targets: () => targetTable(targets),
  'run-options': () =>
    optionTable(
      makeProgram(silentIo, '0', () => undefined),
      'run',
    ),
  'bisect-options': () =>
    optionTable(
      makeProgram(silentIo, '0', () => undefined),
      'bisect',
    ),
  'import-options': () =>
    optionTable(
      makeProgram(silentIo, '0', () => undefined),
      'import',
    ),
  ...Object.fromEntries(
    Object.keys(projectSchema.shape).map((key) => [`project-${key}`, () => schemaTable(projectSchema, key)]),
  ),
};

/** How a parse may end without a mistake: a command that a sentence names needs no arguments. */
const harmless = [
  'commander.helpDisplayed',
  'commander.version',
  'commander.missingArgument',
  'commander.optionMissingArgument',
  'commander.missingMandatoryOptionValue',
];

/** Why a command line would not be taken; undefined when it would. */
function mistakeIn(words: readonly string[], scripts: Readonly<Record<string, string>>): string | undefined {
  const [tool, ...rest] = words;
  if (tool === 'npm') {
    const name = rest[0] === 'run' ? rest.slice(1).find((one) => !one.startsWith('-')) : rest[0];
    const known = ['start', 'test', 'ci', 'link', 'install', 'pack'];
    return name === undefined || name in scripts || known.includes(name) ? undefined : `no npm script "${name}"`;
  }
  if (tool === 'npx') return undefined;
  const program = makeProgram(silentIo, '0', () => undefined);
  for (const command of program.commands) command.action(() => undefined);
  try {
    program.parse([...rest], { from: 'user' });
    return undefined;
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return harmless.includes(code ?? '') ? undefined : message;
  }
}

const { stdout } = await $({ cwd: root, quiet: true })`git ls-files -co --exclude-standard`;
const files = stdout.trim().split('\n');
const texts = new Map<string, string>();
for (const file of files) {
  if (
    !/\.(?:md|ts|mjs|c|h|yaml|yml|sh|config)$|^\.ci\//.test(file) ||
    /^(?:tests\/fixtures|patches\/.*\.patch)/.test(file)
  ) {
    continue;
  }
  texts.set(file, await readFile(path.join(root, file), 'utf8'));
}
const documents = [...texts].filter(([file]) => file.endsWith('.md'));
const known = new Set(
  files.flatMap((file) => file.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))),
);
const { scripts } = JSON.parse(
  texts.get('package.json') ?? (await readFile(path.join(root, 'package.json'), 'utf8')),
) as {
  scripts: Record<string, string>;
};

const problems: string[] = [];
const say = ({ file, line }: Mention, text: string): void => void problems.push(`${file}:${line}: ${text}`);

for (const [file, text] of texts) {
  for (const mention of pathsIn(file, text)) {
    const name = mention.text.replace(/\/$/, '');
    const there = /[*{]/.test(name) ? (await glob(name, { cwd: root })).length > 0 : known.has(name);
    if (!there) say(mention, `there is no ${mention.text}`);
  }
}
let commands = 0;
for (const [file, text] of documents) {
  for (const mention of commandsIn(file, text)) {
    commands += 1;
    const mistake = mistakeIn(wordsOf(mention.text), scripts);
    if (mistake !== undefined) say(mention, `"${mention.text}": ${mistake}`);
  }
  const whole = fillBlocks(text, blocks);
  if (whole === text) continue;
  if (argv['write'] === true) await writeFile(path.join(root, file), whole);
  else problems.push(`${file}:1: its generated tables are stale; npm run docs updates them`);
}
for (const problem of problems) console.error(problem);
console.log(`docs: ${documents.length} documents, ${commands} commands, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
