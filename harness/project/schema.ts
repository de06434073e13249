import * as z from 'zod';
import { guestLibcs, passRules } from '../model/index.ts';
import { machineSchema } from './machine-schema.ts';

/** The shape of a project file. Descriptions end up in the JSON Schema that editors show. */

const text = z.string().min(1);
const texts = z.array(text);

/** Names end up in paths: of runs, caches and build directories. */
const name = z.string().regex(/^(?![.-])[^/\p{Cc}]{1,100}$/u, 'a name without "/" that does not begin with "." or "-"');

const url = text
  .refine((one) => !/^[a-z][a-z0-9+.-]+:/i.test(one) || /^(https?|file):/.test(one), 'a http:, https: or file: URL')
  .describe('http:, https: or file: URL, or a path relative to the project file');
const gitUrl = text
  .refine((one) => !/^-|::/.test(one), 'a URL that git fetches from, or a path')
  .describe('URL that git fetches from, or a path relative to the project file');
const gitRef = text.refine((one) => !one.startsWith('-'), 'a branch, tag or commit');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 sum: 64 lower-case hexadecimal digits');

const remoteFile = z
  .strictObject({
    url: url.optional(),
    urls: z.array(url).min(1).optional().describe('Mirrors, tried in order'),
    sha256: sha256.optional(),
    checksums: z
      .strictObject({
        urls: z.array(url).min(1),
        keyring: text.optional().describe('Keyring file for gpgv'),
        fingerprints: texts.optional().describe('The list must be signed by one of these keys'),
      })
      .optional()
      .describe('A list of sha256 sums that names the file'),
  })
  .refine((file) => (file.url === undefined) !== (file.urls === undefined), 'exactly one of url, urls');

const remote = z.union([url, remoteFile]);

const tree = z
  .strictObject({
    base: name.describe('Version family by which queues, fragments and series are chosen, for instance "6.1"'),
    debian: z
      .string()
      .regex(/^[a-z0-9][a-z0-9+.-]*$/, 'the name of a Debian package')
      .optional()
      .describe('Debian source package, for instance linux-source-6.1'),
    version: z
      .string()
      .regex(/^[A-Za-z0-9][\w.+:~-]*$/, 'a version of a Debian package')
      .optional()
      .describe('Version of the Debian package; the newest when absent'),
    release: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'the name of a release of Debian')
      .optional()
      .describe(
        'Release of Debian that has the package, for instance trixie-backports; when absent the package sources of the machine, then its backports',
      ),
    tarball: remote.optional(),
    git: z.strictObject({ url: gitUrl, ref: gitRef }).optional(),
    directory: text.optional(),
    patches: z.array(remote).optional().describe('Incremental patches on top of the source'),
    quilt: z
      .strictObject({
        directory: text.optional(),
        tarball: remote.optional(),
        minus: texts.optional().describe('Patches of its series file to leave out'),
        refreshed: text
          .optional()
          .describe('Directory of the project with patches that replace those of the layer with the same names'),
      })
      .refine(
        (quilt) => (quilt.directory === undefined) !== (quilt.tarball === undefined),
        'exactly one of directory, tarball',
      )
      .optional(),
    queue: text.optional().describe('Queue of the project that makes this tree build; part of the base'),
    toolchain: text.optional(),
    fuzz: z
      .number()
      .int()
      .min(0)
      .max(2)
      .optional()
      .describe(
        'Fuzz: how many lines of context (0 to 2) may differ when its queue or a series is applied (default: 0)',
      ),
    fragments: texts
      .optional()
      .describe(
        'Kconfig fragments for every target; the word builtin stands for those that come with quiltboot, for the era of ' +
          'the base and for each target, over which yours may say otherwise',
      ),
    targetFragments: z.record(z.string(), texts).optional(),
  })
  .refine(
    (one) => [one.debian, one.tarball, one.git, one.directory].filter((source) => source !== undefined).length === 1,
    'exactly one source: debian, tarball, git or directory',
  );

const fragment = z.union([
  text,
  z.strictObject({ file: text, from: text.optional().describe('Patch that brings its options') }),
]);

const variant = z
  .strictObject({
    from: text.describe('Patch of the series from which on something is missing'),
    remove: z
      .strictObject({ file: text.describe('Path in the kernel tree'), line: text.describe('The whole line') })
      .optional()
      .describe('A line that is taken out'),
    patch: text.optional().describe('A diff that is applied on top of each point instead'),
  })
  .refine((one) => (one.remove === undefined) !== (one.patch === undefined), 'exactly one of remove, patch');

const uncovered = z.enum(['allow', 'fail']);

const seriesBase = z.strictObject({
  queue: text.optional().describe('Directory with a quilt series file; absent: the suites run on the tree as it is'),
  git: z
    .strictObject({
      path: text.optional().describe('Repository on this machine; the directory of the project file when absent'),
      range: z
        .string()
        .regex(/^(?!-)[^\s]+\.\.(?!\.)[^\s]*$/, 'BASE..TOPIC, or BASE.. for what is checked out')
        .describe('The commits that are the patches: BASE..TOPIC; read anew by every command'),
    })
    .optional()
    .describe('The commits of a branch instead of a queue'),
  fragments: z.array(fragment).optional(),
  features: z
    .record(z.string(), text)
    .optional()
    .describe('Feature name to the patch that brings it, or to "base" where the tree has it without the series'),
  variants: z
    .record(name, variant)
    .optional()
    .describe('Named variants without a fix, for --without-fix: they demonstrate the bug'),
  uncovered: z
    .union([uncovered, z.record(z.string(), uncovered)])
    .optional()
    .describe(
      'Whether a target may compile nothing of a patch: one word for all patches, or by file name. When ' +
        'absent, only documentation may',
    ),
  unexecuted: text
    .optional()
    .describe('File with the new lines that no case has to execute, and why: see docs/ci.md on --coverage'),
});

const programSuite = z.strictObject({
  run: z
    .union([text, texts.min(1)])
    .describe('Command of the guest; a first word such as ./test.sh is a file of the project, which guests then get'),
  name: name.optional().describe('Name of the suite; that of the program when absent'),
  pass: z
    .enum(passRules)
    .optional()
    .describe('What says whether it passes: its exit status (default), or the tests that it prints as tap or ktap'),
  timeout: z.number().positive().max(86_400).optional().describe('Seconds until it counts as hung (default: 60)'),
});

const series = z.strictObject({
  bases: z.record(name, seriesBase),
  suites: z
    .array(z.union([text, z.strictObject({ program: programSuite })]))
    .optional()
    .describe(
      'Suite files, directories or globs; kunit:NAME; kselftest:COLLECTION or kselftest:COLLECTION/TEST; program: {…}',
    ),
  trust: z
    .literal('own')
    .optional()
    .describe(
      'You trust the code of the patches: builds share what they compile, and run without a sandbox where the ' +
        'machine has none. Leave it out for patches of others',
    ),
  tree: text
    .optional()
    .describe('The tree that it is for, which has another series in its queue, say (default: that of the project)'),
  dialect: text.optional(),
  features: z.record(z.string(), text).optional(),
});

const knownIssue = z
  .strictObject({
    case: text.optional().describe('SUITE: NAME of the cases, where * matches any text'),
    title: text
      .optional()
      .describe('A part of what the failure says: its summary, or the title of a report in the kernel log'),
    target: text.optional().describe('Only on this target'),
    until: z.iso.date('a day such as 2026-12-31').optional().describe('The last day on which it does not count'),
    why: text.describe('An address or a text that says why it is accepted'),
  })
  .refine((one) => one.case !== undefined || one.title !== undefined, 'case, title or both');

const moduleName = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]*$/, 'the name of a module without .ko, for instance quilt')
  .describe('Name of the module, without .ko');

export const projectSchema = z.strictObject({
  version: z.literal(1),
  defaults: z.strictObject({
    series: text,
    tree: text,
    targets: z.array(text).min(1),
    points: z.union([text, z.number().int().nonnegative()]).optional(),
    configuration: text.optional(),
    flaky: z
      .string()
      .regex(/^(?:warn|fail|\d{1,2}%)$/, 'warn, fail, or a rate such as 10%')
      .optional()
      .describe(
        'How to judge a case that fails and passes on the same image (see --reruns): warn (it passes), fail, or a rate of failures ' +
          'above which it fails, such as 10% (default: warn)',
      ),
  }),
  toolchains: z
    .record(
      name,
      z.strictObject({
        cc: text.optional().describe('The compiler, without the target’s prefix: gcc-12, clang-14 (default: gcc)'),
        hostcc: text.optional(),
        flags: texts.optional(),
        targetFlags: z.record(z.string(), texts).optional(),
        hostFlags: texts.optional(),
        linkerFlags: texts.optional().describe('Name the linker to make, with these options'),
        targetLinkerFlags: z.record(z.string(), texts).optional(),
      }),
    )
    .optional(),
  trees: z.record(name, tree),
  series: z.record(name, series).optional(),
  configurations: z
    .record(
      name,
      z.record(name, z.strictObject({ all: texts.optional(), targets: z.record(z.string(), texts).optional() })),
    )
    .optional()
    .describe('Named sets of additional fragments, by base'),
  programs: z
    .record(
      name,
      z.strictObject({
        c: z.union([text, texts.min(1)]).describe('C sources'),
        flags: texts.optional().describe('Flags of the compiler'),
        libc: z
          .enum(guestLibcs)
          .optional()
          .describe(
            "Its C library: Debian's klibc (default), which runs on every kernel; the cross compiler's glibc; or none, with " +
              'the system calls of images/nolibc',
          ),
      }),
    )
    .optional()
    .describe('Programs that are compiled static for every target; guests have them in /bin'),
  files: z
    .record(text.startsWith('/', 'a path of the guest, from its root'), text)
    .optional()
    .describe('Files and directories that guests get: path in the guest to path in the project'),
  modules: z
    .array(
      z.union([
        moduleName,
        z.strictObject({
          name: moduleName,
          parameters: z.union([text, texts]).optional().describe('NAME=VALUE, one or a list'),
          unload: z
            .boolean()
            .optional()
            .describe('Whether it is unloaded at the end, which has to succeed (default: true)'),
        }),
      ]),
    )
    .optional()
    .describe(
      'Modules of the kernel that guests load when they are up, in this order; what they need is loaded before',
    ),
  machines: z.record(name, machineSchema).optional().describe("Settings of a target's guest"),
  known: z.array(knownIssue).optional().describe('Failures that are shown but do not count'),
});

export type ProjectFile = z.infer<typeof projectSchema>;

/** The JSON Schema that is published with the package, for editors. */
export function projectJsonSchema(): unknown {
  return { title: 'quiltboot project file', ...z.toJSONSchema(projectSchema) };
}
