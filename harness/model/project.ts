import type { Uncovered } from './compiled.ts';
import type { GuestContents, LoadedModule, ProgramSuite } from './contents.ts';
import type { SourceLocation } from './errors.ts';
import type { KnownIssue } from './known.ts';
import type { Toolchain } from './toolchain.ts';
import type { TreeRecipe } from './tree.ts';

/**
 * A variant of a series: from one of its patches on, every point lacks something, so that a run shows what it is there
 * for (`--without-fix NAME`). Exactly one of `remove` and `patch` is given.
 */
export interface VariantSpec {
  readonly name: string;
  /** File name of the patch whose point is the first that differs. */
  readonly from: string;
  /** A line that is taken out of a file of the tree, without its line end. */
  readonly remove?: { readonly file: string; readonly line: string };
  /** Absolute path of a diff that is applied on top of each point. */
  readonly patch?: string;
  readonly location?: SourceLocation;
}

/** A series as the project file tells it, for one base; the queue itself has not been read yet. */
export interface SeriesSpec {
  readonly name: string;
  readonly base: string;
  /** Absolute; undefined where there are no patches: the suites are for the tree as it is. */
  readonly directory?: string;
  /** The patches are the commits of a range, which are written to `directory` when the series is read. */
  readonly git?: { readonly repository: string; readonly range: string; readonly location?: SourceLocation };
  /** Patch file names: the fragment holds from that patch on. Without `from` it holds from point 0. */
  readonly fragments: readonly { readonly path: string; readonly from?: string; readonly location?: SourceLocation }[];
  /** Feature name to the file name of the patch that brings it, or `base` where the tree has it already. */
  readonly features: Readonly<Record<string, { readonly patch: string; readonly location?: SourceLocation }>>;
  /** Absolute paths of suite files, or globs of them, and words for suites of other kinds ({@link suiteKind}). */
  readonly suites: readonly string[];
  /** Name of a dialect that the directories of the suites bring; their own default when absent. */
  readonly dialect?: string;
  readonly dialectLocation?: SourceLocation;
  /** By name. */
  readonly variants?: Readonly<Record<string, VariantSpec>>;
  /** Lines of context that may differ where it is applied to the tree that was chosen; 0 when absent. */
  readonly fuzz?: number;
  /** Whether it may be that a target compiles nothing of a patch: of all of them, or by the patch's file name. */
  readonly uncovered?:
    | Uncovered
    | Readonly<Record<string, { readonly rule: Uncovered; readonly location?: SourceLocation }>>;
  /** Absolute path of the list of {@link AcceptedLines}. */
  readonly unexecuted?: string;
  /** The variant that was chosen for a run. */
  readonly variant?: VariantSpec;
  /** The user vouches for the code of the patches and of the tree. */
  readonly trust?: 'own';
  readonly location?: SourceLocation;
}

export const diskFormats = ['ext2', 'ext4', 'none'] as const;

/** A disk that every guest gets, as it is when it is new. */
export interface MachineDisk {
  readonly sizeMiB: number;
  readonly format: (typeof diskFormats)[number];
}

/** A node of memory with its processors. */
export interface MemoryNode {
  readonly cpus: readonly number[];
  readonly memoryMiB: number;
}

/** What a guest has beside processors, memory and serial lines. */
export interface MachineParts {
  readonly disks?: readonly MachineDisk[];
  /** A network card with nothing but QEMU behind it: addresses by DHCP, no way out. */
  readonly network?: 'user-isolated';
  /** The memory lies on these nodes and no other. */
  readonly numa?: readonly MemoryNode[];
  /** Arguments of QEMU. */
  readonly devices?: readonly string[];
}

/** Settings of a guest that a project may change for a target. */
export interface MachineSettings extends MachineParts {
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Appended to the kernel's command line. */
  readonly commandLine: readonly string[];
  /** Modules of the kernel that are loaded as soon as the guest is up; a kernel of the matrix says which it has. */
  readonly modules?: readonly LoadedModule[];
}

/** The guest of a target of which a project says nothing. */
export const plainMachine: MachineSettings = { memoryMiB: 256, cpus: 1, commandLine: [] };

/** A named set of additional fragments, for instance `debug`. */
export interface Configuration {
  readonly name: string;
  /** By base, then for all targets or one. */
  readonly fragments: Readonly<
    Record<string, { readonly all: readonly string[]; readonly targets: Readonly<Record<string, readonly string[]>> }>
  >;
}

export interface Project {
  /** Directory of the project file: relative paths in it start here. */
  readonly directory: string;
  readonly file: string;
  readonly defaults: {
    readonly series: string;
    readonly tree: string;
    readonly targets: readonly string[];
    readonly points: string;
    readonly configuration?: string;
    /** The part of its tries that may fail before a flaky case counts as failed; any when absent. */
    readonly flaky?: number;
  };
  readonly toolchains: Readonly<Record<string, Toolchain>>;
  readonly trees: Readonly<Record<string, TreeRecipe>>;
  /** Series name to its specifications by base. */
  readonly series: Readonly<Record<string, Readonly<Record<string, SeriesSpec>>>>;
  /** Series name to the tree that it is for; the default tree for one that is not here. */
  readonly seriesTrees?: Readonly<Record<string, string>>;
  readonly configurations: Readonly<Record<string, Configuration>>;
  readonly machines: Readonly<Record<string, MachineSettings>>;
  /** Where the file has them. */
  readonly machinePlaces?: Readonly<Record<string, SourceLocation>>;
  /** Failures that do not count. */
  readonly known?: readonly (KnownIssue & { readonly location?: SourceLocation })[];
  /** What every guest gets; nothing more than usual when absent. */
  readonly guest?: GuestContents;
  /** Programs that are suites, by the names with which `program:NAME` means them. */
  readonly programSuites?: Readonly<Record<string, ProgramSuite>>;
}
