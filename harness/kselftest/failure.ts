import type { Cause } from '../model/index.ts';

/** Lines of a compiler that are kept. */
const shownLines = 20;

type Problem = Pick<Cause, 'blame' | 'summary' | 'excerpt'>;

/** What a compiler says where the machine lacks something, and the sentence for it. */
const missing: readonly { readonly said: RegExp; readonly text: (name: string) => string }[] = [
  {
    said: /cannot find (-l\S+?)(?::|$)/m,
    text: (name) => `is linked with ${name}, of which the cross compiler has no static library`,
  },
  { said: /fatal error: (\S+): No such file or directory/, text: (name) => `includes ${name}, which is not there` },
];

/** Why a program was not built, from what make printed for it. */
export function buildProblem(name: string, log: string): Problem {
  const excerpt = log.trimEnd().split('\n').slice(-shownLines);
  for (const { said, text } of missing) {
    const found = said.exec(log)?.[1];
    if (found !== undefined) return { blame: 'user', summary: `${name} ${text(found)}`, excerpt };
  }
  const error = log.split('\n').find((line) => /\berror\b|undefined reference|multiple definition|\*\*\*/.test(line));
  return { blame: 'kernel', summary: `${name} does not compile${error ? `: ${error.trim()}` : ''}`, excerpt };
}

const begin = 'quiltboot-begins';

/** Rules of make for everything that was compiled; no program of a tree is called so. */
export const recordName = '.quiltboot-read';

/**
 * Builds what the lines of a file name, all at once, and then one by one what is missing: so that each failure stands with
 * its own messages. Arguments: the file, the directory that is built in, and the words of make, whose compiler writes what it
 * reads beside the programs: all of that is in {@link recordName} there.
 */
export const buildScript = [
  'list=$1; out=$2; shift 2; rm -rf "$out" && mkdir -p "$out" || exit 1',
  'while IFS= read -r name; do mkdir -p "$(dirname "$out/$name")"; done <"$list"',
  `"$@" -k $(sed "s,^,$out/," "$list") >/dev/null 2>&1 </dev/null`,
  'while IFS= read -r name; do [ -f "$out/$name" ] && continue',
  `  echo "${begin} $name"; "$@" "$out/$name" 2>&1 </dev/null; done <"$list"`,
  `find "$out" -name '*.d' -type f -exec cat {} + >"$out/${recordName}"; exit 0`,
].join('\n');

/** What make printed for each program that was missing after the first make, by its name. */
export function logsByProgram(log: string): Map<string, string> {
  const logs = new Map<string, string[]>();
  let lines: string[] | undefined;
  for (const line of log.split('\n')) {
    const name = line.startsWith(`${begin} `) ? line.slice(begin.length + 1) : undefined;
    if (name === undefined) lines?.push(line);
    else logs.set(name, (lines = []));
  }
  return new Map([...logs].map(([name, all]) => [name, all.join('\n')]));
}
