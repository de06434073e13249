import type { Splat } from '../../harness/model/index.ts';

const shownFrames = 6;

/** What a fixture in tests/fixtures/logs expects of a report. */
export interface Reading {
  readonly family: string;
  readonly severity: string;
  readonly title: string;
  /** Lines of the excerpt, its first and its last. */
  readonly lines: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** The first frames of the call trace; absent when it has none. */
  readonly trace?: readonly string[];
}

export function readingOf({ family, severity, title, excerpt, trace }: Splat): Reading {
  return {
    family,
    severity,
    title,
    lines: excerpt.length,
    first: excerpt[0],
    last: excerpt.at(-1),
    ...(trace && {
      trace: trace.slice(0, shownFrames).map((frame) => `${frame.function}+0x${frame.offset.toString(16)}`),
    }),
  };
}
