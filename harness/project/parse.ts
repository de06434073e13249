import path from 'node:path';
import {
  type Configuration,
  defined,
  nearest,
  type Project,
  type SeriesSpec,
  type SourceLocation,
  type TreeRecipe,
  UserError,
} from '../model/index.ts';
import { builtinFragments, builtinWord } from './builtin.ts';
import { type DocumentPath, parseYaml, type YamlDocument } from './document.ts';
import { toleratedRate } from './flaky.ts';
import { guestContents, type Places, programSuites, suiteWords } from './guest.ts';
import { schemaError } from './issues.ts';
import { machineSettings } from './machine.ts';
import { patchesOf } from './patches.ts';
import { type ProjectFile, projectSchema } from './schema.ts';
import { type Absolute, remoteOf, sourceOf } from './sources.ts';
import { withTexts } from './texts.ts';
import { plainToolchain, toolchainsOf } from './toolchains.ts';

type TreeEntry = ProjectFile['trees'][string];
type SeriesEntry = NonNullable<ProjectFile['series']>[string];

type TargetName = (name: string, location: SourceLocation) => string;

/**
 * Reads the text of a project file; every complaint is a {@link UserError} with file, line and column.
 *
 * @param kconfig absolute path of the folder with the fragments that come with quiltboot
 * @param targetName the target's own name for a name or an alias; throws UserError where there is none
 */
export function parseProject(
  text: string,
  file: string,
  kconfig = '/kconfig',
  targetName: TargetName = (name) => name,
): Project {
  const document = parseYaml(text, file);
  const parsed = projectSchema.safeParse(withTexts(document, projectSchema));
  if (!parsed.success) throw schemaError(parsed.error, projectSchema, document);
  return new Resolver(parsed.data, document, file, kconfig, targetName).project();
}

/** Makes names and paths of the file absolute and checks that they lead somewhere. */
class Resolver {
  private readonly data: ProjectFile;
  private readonly document: YamlDocument;
  private readonly file: string;
  private readonly directory: string;
  private readonly kconfig: string;
  private readonly targetName: TargetName;

  constructor(data: ProjectFile, document: YamlDocument, file: string, kconfig: string, targetName: TargetName) {
    this.data = data;
    this.document = document;
    this.file = file;
    this.directory = path.dirname(file);
    this.kconfig = kconfig;
    this.targetName = targetName;
  }

  project(): Project {
    const { data } = this;
    const toolchains = toolchainsOf(data.toolchains, (at, record) => this.byTarget(at, record));
    const trees = mapValues(data.trees, (entry, name) => this.tree(name, entry, Object.keys(toolchains)));
    const series = mapValues(data.series ?? {}, (_, name) => this.series(name));
    this.known(['defaults', 'tree'], data.defaults.tree, 'tree', Object.keys(trees));
    this.known(['defaults', 'series'], data.defaults.series, 'series', [...Object.keys(series), 'none']);
    if (data.defaults.configuration !== undefined) {
      const names = Object.keys(data.configurations ?? {});
      this.known(['defaults', 'configuration'], data.defaults.configuration, 'configuration', names);
    }
    return {
      directory: this.directory,
      file: this.file,
      defaults: {
        series: data.defaults.series,
        tree: data.defaults.tree,
        targets: data.defaults.targets,
        points: String(data.defaults.points ?? 'all'),
        ...defined({ configuration: data.defaults.configuration, flaky: toleratedRate(data.defaults.flaky) }),
      },
      toolchains,
      trees,
      series,
      seriesTrees: this.seriesTrees(Object.keys(trees)),
      configurations: mapValues(data.configurations ?? {}, (bases, name) => this.configuration(name, bases)),
      machines: this.byTarget(
        ['machines'],
        mapValues(data.machines ?? {}, (machine, name) =>
          machineSettings(machine, this.document.locate(['machines', name])),
        ),
      ),
      machinePlaces: this.byTarget(
        ['machines'],
        mapValues(data.machines ?? {}, (_, name) => this.document.locate(['machines', name])),
      ),
      ...(data.known && {
        known: data.known.map(({ case: name, title, target: named, until, why }, index) => {
          const location = this.document.locate(['known', index]);
          const target = named === undefined ? undefined : this.targetName(named, location);
          return { ...defined({ case: name, title, target, until }), why, location };
        }),
      }),
      guest: guestContents(data, this.places),
      programSuites: programSuites(data.series, this.places),
    };
  }

  private get places(): Places {
    return { absolute: this.absolute, locate: (at) => this.document.locate(at) };
  }

  private known(at: DocumentPath, name: string, kind: string, allowed: readonly string[]): void {
    if (allowed.includes(name)) return;
    const guess = nearest(name, allowed);
    throw new UserError(`unknown ${kind} "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
      code: 'QB-NAME',
      location: this.document.locate(at),
      hint: `allowed: ${allowed.join(', ') || '(none is defined)'}`,
    });
  }

  private readonly absolute: Absolute = (file) => path.resolve(this.directory, file);

  private all(files: readonly string[] | undefined): string[] {
    return (files ?? []).map((file) => this.absolute(file));
  }

  private tree(name: string, entry: TreeEntry, toolchains: readonly string[]): TreeRecipe {
    const toolchain = entry.toolchain ?? plainToolchain.name;
    this.known(['trees', name, 'toolchain'], toolchain, 'toolchain', toolchains);
    const { quilt } = entry;
    return {
      name,
      base: entry.base,
      source: sourceOf(entry, this.absolute),
      patches: (entry.patches ?? []).map((one) => remoteOf(one, this.absolute)),
      ...(quilt === undefined
        ? {}
        : {
            quilt: {
              source:
                quilt.tarball === undefined
                  ? { directory: this.absolute(quilt.directory ?? '.') }
                  : { tarball: remoteOf(quilt.tarball, this.absolute) },
              minus: quilt.minus ?? [],
              ...(quilt.refreshed === undefined ? {} : { refreshed: this.absolute(quilt.refreshed) }),
            },
          }),
      ...(entry.queue === undefined ? {} : { queue: this.absolute(entry.queue) }),
      toolchain,
      ...defined({ fuzz: entry.fuzz }),
      fragments: this.all(entry.fragments?.filter((one) => one !== builtinWord)),
      ...(entry.fragments?.includes(builtinWord) && { builtin: builtinFragments(entry.base, this.kconfig) }),
      targetFragments: mapValues(this.byTarget(['trees', name, 'targetFragments'], entry.targetFragments), (files) =>
        this.all(files),
      ),
      location: this.location(['trees', name]),
    };
  }

  private location(at: DocumentPath): SourceLocation {
    return this.document.locateKey(at.slice(0, -1), String(at.at(-1)));
  }

  private seriesTrees(trees: readonly string[]): Record<string, string> {
    const named = Object.entries(this.data.series ?? {}).flatMap(([name, { tree }]) =>
      tree === undefined ? [] : [[name, tree] as const],
    );
    for (const [name, tree] of named) this.known(['series', name, 'tree'], tree, 'tree', trees);
    return Object.fromEntries(named);
  }

  private series(name: string): Record<string, SeriesSpec> {
    const entry = this.data.series?.[name];
    if (name === 'none') {
      throw new UserError('"none" is the built-in empty series and cannot be defined', {
        code: 'QB-PROJECT',
        location: this.location(['series', name]),
        hint: 'give the series another name',
      });
    }
    return mapValues(entry?.bases ?? {}, (base, family) => {
      const at = ['series', name, 'bases', family] as const;
      const features = { ...entry?.features, ...base.features };
      return {
        name,
        base: family,
        ...patchesOf(name, base, at, this.places),
        fragments: (base.fragments ?? []).map((fragment, index) => {
          const location = this.document.locate([...at, 'fragments', index]);
          if (typeof fragment === 'string') return { path: this.absolute(fragment), location };
          return {
            path: this.absolute(fragment.file),
            ...defined({ from: fragment.from }),
            location,
          };
        }),
        features: mapValues(features, (patch, feature) => ({
          patch,
          location: this.document.locate(
            base.features?.[feature] === undefined
              ? ['series', name, 'features', feature]
              : [...at, 'features', feature],
          ),
        })),
        suites: suiteWords(entry?.suites, this.places),
        ...defined({ trust: entry?.trust, uncovered: this.uncovered(base.uncovered, at) }),
        ...(base.unexecuted !== undefined && { unexecuted: this.absolute(base.unexecuted) }),
        ...(entry?.dialect === undefined
          ? {}
          : { dialect: entry.dialect, dialectLocation: this.location(['series', name, 'dialect']) }),
        ...(base.variants === undefined
          ? {}
          : {
              variants: mapValues(base.variants, (variant, key) => ({
                name: key,
                from: variant.from,
                ...defined({ remove: variant.remove }),
                ...(variant.patch === undefined ? {} : { patch: this.absolute(variant.patch) }),
                location: this.location([...at, 'variants', key]),
              })),
            }),
        location: this.location(at),
      };
    });
  }

  private uncovered(
    rule: SeriesEntry['bases'][string]['uncovered'],
    at: DocumentPath,
  ): SeriesSpec['uncovered'] | undefined {
    if (rule === undefined || typeof rule === 'string') return rule;
    return mapValues(rule, (one, patch) => ({ rule: one, location: this.location([...at, 'uncovered', patch]) }));
  }

  /** Values of targets, by the targets' own names. */
  private byTarget<T>(at: DocumentPath, record: Readonly<Record<string, T>> | undefined): Record<string, T> {
    return Object.fromEntries(
      Object.entries(record ?? {}).map(([name, value]) => [
        this.targetName(name, this.document.locateKey(at, name)),
        value,
      ]),
    );
  }

  private configuration(name: string, bases: NonNullable<ProjectFile['configurations']>[string]): Configuration {
    return {
      name,
      fragments: mapValues(bases, (one, base) => ({
        all: this.all(one.all),
        targets: mapValues(this.byTarget(['configurations', name, base, 'targets'], one.targets), (files) =>
          this.all(files),
        ),
      })),
    };
  }
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
