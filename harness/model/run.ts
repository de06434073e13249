import type { Cell } from './cell.ts';
import type { Comparison, Finding, TargetDifference } from './comparison.ts';
import type { RunCoverage } from './coverage.ts';
import type { KnownState } from './known.ts';
import type { Outcome } from './outcome.ts';
import type { Shard } from './plan.ts';
import type { SandboxName } from './sandbox.ts';

/**
 * `mistake`: what the user asked for can't be; `fail`: a patch or suite failed; `infra`: the machine did; `untested`: nothing
 * failed, but something that was to be tested was not. Only `pass` is one.
 */
export type Verdict = 'pass' | 'fail' | 'infra' | 'untested' | 'mistake';

export interface Counts {
  readonly cells: Readonly<Record<Outcome, number>>;
  readonly cases: Readonly<Record<Outcome, number>>;
}

/** What a column of a matrix stands for. */
interface ColumnFacts {
  readonly endian: 'little' | 'big';
  readonly bits: 32 | 64;
  /** Where several toolchains build: the target's own name, and what builds here. */
  readonly target?: string;
  readonly toolchain?: string;
  /** The command of the compiler, as `host.versions` has it. */
  readonly compiler?: string;
}

/** What `run.json` holds. */
export interface Run {
  readonly format: 1;
  readonly id: string;
  readonly verdict: Verdict;
  readonly counts: Counts;
  readonly started: string;
  readonly ms: number;
  readonly command: string;
  readonly series: {
    readonly name: string;
    readonly patches: readonly {
      readonly name: string;
      readonly subject: string;
      /** sha256 of the file. */
      readonly hash?: string;
      /** A name for what it changes; equal in every mail of the same change. */
      readonly content?: string;
      /** Of the mail that it came with, and who wrote it: for whoever answers. */
      readonly messageId?: string;
      readonly author?: { readonly name: string; readonly email: string };
      /** Relative to the project's directory, with `/`. */
      readonly file?: string;
    }[];
  };
  readonly tree: {
    readonly name: string;
    readonly key: string;
    readonly kernelVersion: string;
    readonly resolved: string;
  };
  /** Hashes of what else decides the results; absent in runs of earlier versions. */
  readonly inputs?: {
    readonly toolchain: string;
    /** By target: the Kconfig fragments of all points. */
    readonly fragments: Readonly<Record<string, string>>;
    /** Absent where no suite was run. */
    readonly suites?: string;
  };
  readonly targets: readonly string[];
  /** What reports need to know of the columns. */
  readonly machines?: Readonly<Record<string, ColumnFacts>>;
  readonly points: readonly number[];
  /** Which part of the matrix this run is; absent when it is the whole. */
  readonly shard?: Shard;
  readonly host: {
    readonly machine: string;
    readonly cpus: number;
    readonly versions: Readonly<Record<string, string>>;
  };
  /** How the kernels were built; absent where nothing was built. */
  readonly sandbox?: {
    /** The weakest that any of them was built in. */
    readonly builds: SandboxName | 'none';
    /** Why it was not the strongest. */
    readonly reason?: string;
  };
  readonly cells: readonly Cell[];
  /** That coverage was asked for, and the new lines that it is about; absent where it was not. */
  readonly coverage?: RunCoverage;
  /** Failures that the project file declares, and what became of them; absent where it declares none. */
  readonly known?: readonly KnownState[];
  /** What fails, from which patch on and until which; made of the cells. */
  readonly findings?: readonly Finding[];
  /** What fails on some targets only; made of the cells. */
  readonly differences?: readonly TargetDifference[];
  /** This run beside an earlier one, where one was named. */
  readonly comparison?: Comparison;
  readonly notes: readonly string[];
}
