/** What a project file for a kernel checkout says. */
export interface NewProject {
  /** Name of the series, and of the tree. */
  readonly series: string;
  /** Family of the kernel: `6.1`. */
  readonly base: string;
  /** The commit that the branch leaves the tree at, and what it is called. */
  readonly commit: string;
  readonly branch: string;
  readonly targets: readonly string[];
  readonly suites: readonly string[];
}

function quoted(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}

/** The text of a project file for the commits of a branch. */
export function newProject({ series, base, commit, branch, targets, suites }: NewProject): string {
  const name = quoted(series);
  const listed = suites.map((word) => `      - ${JSON.stringify(word)}\n`).join('');
  return [
    '# Written by quiltboot init; every key: docs/project-file.md of quiltboot.',
    'version: 1',
    '',
    `defaults: {series: ${name}, tree: ${name}, targets: [${targets.join(', ')}]}`,
    '',
    'trees:',
    `  ${name}:`,
    `    base: ${JSON.stringify(base)}`,
    `    git: {url: ., ref: ${JSON.stringify(commit)}}`,
    '    # What a bootable guest needs; options of your own go into a file behind it: [builtin, mine.config]',
    '    fragments: [builtin]',
    '',
    'series:',
    `  ${name}:`,
    ...(listed === ''
      ? ['    # Tests: ava files, kunit:NAME, kselftest:NAME, program: {run: ./test.sh, pass: tap}', '    suites: []']
      : [`    suites:\n${listed.trimEnd()}`]),
    '    bases:',
    `      ${JSON.stringify(base)}:`,
    `        git: {range: ${JSON.stringify(`${commit}..${branch}`)}}`,
    '',
  ].join('\n');
}

/** A series' name out of a branch's: `feature/reel-2` is `feature-reel-2`. */
export function nameOfBranch(branch: string): string {
  const name = branch.replaceAll(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return name === '' || name === 'none' ? 'mine' : name;
}

/** Family of a kernel version: `6.1.192` is of 6.1, `2.6.22-rc6` of 2.6.22. */
export function familyOf(kernelVersion: string): string {
  const parts = /^\d+(?:\.\d+)*/.exec(kernelVersion)?.[0].split('.') ?? [];
  return parts.slice(0, parts[0] === '2' ? 3 : 2).join('.');
}
