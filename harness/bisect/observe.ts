import type {
  ApplyResult,
  BootResult,
  BuildResult,
  CaseResult,
  Cause,
  ConfigureResult,
  Diagnostic,
  Observation,
  Predicate,
  TestResult,
} from '../model/index.ts';

/** How far a point came, as the stages left it. */
export interface Evidence {
  readonly apply: ApplyResult;
  readonly configure?: ConfigureResult;
  readonly build?: BuildResult;
  readonly boot?: BootResult;
  readonly test?: TestResult;
  /** A fault of the machine that ended it. */
  readonly fault?: { readonly cause: Cause; readonly retryable: boolean };
}

/** What the predicate needs beside the stages' results. */
export interface Surroundings {
  /** Lines of the kernel log, where the predicate asks for them. */
  readonly log: readonly string[];
  readonly logFile?: string;
  /** Warnings that are not to be counted: those of the good end. */
  readonly newWarnings: readonly Diagnostic[];
}

/** The machine failed the point: it is neither good nor bad, and another try may help when `retryable`. */
export interface Fault {
  readonly sign: 'host';
  readonly cause: Cause;
  readonly retryable: boolean;
}

const excerptLines = 30;

/** Decides a predicate for what a point showed. A point that did not come far enough for it can't be judged. */
export function observe(predicate: Predicate, evidence: Evidence, around: Surroundings): Observation | Fault {
  const { apply, configure, build, fault } = evidence;
  if (fault) return { sign: 'host', ...fault };
  if (apply.outcome !== 'pass') return skipped(apply.cause, 'the patches do not apply', true);
  if (configure?.outcome !== 'pass') return configuring(predicate, configure);
  if (build?.image === undefined) {
    const cause = build?.cause;
    return predicate.kind === 'build'
      ? failed(cause, 'it does not build', true)
      : skipped(cause, 'it does not build', true);
  }
  switch (predicate.kind) {
    case 'build':
      return { sign: 'good', summary: 'it builds', excerpt: [], settled: true };
    case 'warning':
      return warned(predicate, build, around);
    case 'boot':
      return booted(evidence.boot);
    case 'log':
      return logged(predicate, evidence, around);
    case 'case':
      return tested(evidence, predicate);
  }
}

function configuring(predicate: Predicate, configure: ConfigureResult | undefined): Observation {
  const { cause } = configure ?? {};
  // Options that get lost are the fragments' fault as far as anybody can tell; Kconfig files that can't be read are not.
  return predicate.kind === 'build' && cause?.blame === 'kernel'
    ? failed(cause, 'it can’t be configured', true)
    : skipped(cause, 'it can’t be configured', true);
}

function from(cause: Cause | undefined, otherwise: string): Pick<Observation, 'summary' | 'excerpt' | 'log'> {
  if (!cause) return { summary: otherwise, excerpt: [] };
  const log = cause.log === undefined ? {} : { log: cause.log };
  return { summary: cause.summary, excerpt: cause.excerpt.slice(0, excerptLines), ...log };
}

function failed(cause: Cause | undefined, otherwise: string, settled: boolean): Observation {
  return { sign: 'bad', ...from(cause, otherwise), settled };
}

function skipped(cause: Cause | undefined, otherwise: string, settled: boolean): Observation {
  return { sign: 'skip', ...from(cause, otherwise), settled };
}

function booted(boot: BootResult | undefined): Observation {
  if (boot?.outcome !== 'pass') return failed(boot?.cause, 'it does not boot', false);
  return { sign: 'good', summary: 'it boots', excerpt: [], log: boot.log, settled: false };
}

function place({ file, line, message }: Diagnostic): string {
  return `${[file, line].filter((part) => part !== undefined).join(':')}: ${message}`;
}

function warned(
  predicate: Extract<Predicate, { kind: 'warning' }>,
  build: BuildResult,
  around: Surroundings,
): Observation {
  const pattern = predicate.pattern === undefined ? undefined : new RegExp(predicate.pattern);
  const texts = (pattern === undefined ? around.newWarnings : build.warnings)
    .map((warning) => `${place(warning)}${warning.option === undefined ? '' : ` [${warning.option}]`}`)
    .filter((text) => pattern?.test(text) ?? true);
  const { log } = build;
  if (texts.length === 0) return { sign: 'good', summary: 'no such warning', excerpt: [], log, settled: true };
  const more = texts.length > 1 ? ` (and ${texts.length - 1} more)` : '';
  const summary = `the compiler warns: ${texts[0] ?? ''}${more}`;
  return { sign: 'bad', summary, excerpt: texts.slice(0, excerptLines), log, settled: true };
}

function logged(
  { pattern }: Extract<Predicate, { kind: 'log' }>,
  { boot, test }: Evidence,
  { log, logFile }: Surroundings,
): Observation {
  const regex = new RegExp(pattern);
  const at = log.findIndex((line) => regex.test(line));
  const where = logFile === undefined ? {} : { log: logFile };
  if (at >= 0) {
    const excerpt = log.slice(Math.max(0, at - 3), at + excerptLines - 3);
    return { sign: 'bad', summary: `the kernel log has: ${log[at] ?? ''}`, excerpt, ...where, settled: false };
  }
  // A guest that died of something else may have died before it could say so.
  if (boot?.outcome !== 'pass' && boot?.cause) return skipped(boot.cause, 'it does not boot', false);
  const fault = test?.cases.find(({ cause }) => cause?.blame === 'host');
  if (fault) return skipped(fault.cause, 'the machine failed a case', false);
  return { sign: 'good', summary: 'no line of the kernel log matches', excerpt: [], ...where, settled: false };
}

function nameOf({ suite, name }: CaseResult): string {
  return `${suite} › ${name}`;
}

function tested({ boot, test }: Evidence, { text }: Extract<Predicate, { kind: 'case' }>): Observation | Fault {
  if (boot?.outcome !== 'pass') return skipped(boot?.cause, 'it does not boot', false);
  const cases = test?.cases ?? [];
  const bad = cases.filter((one) => ['fail', 'crash', 'timeout'].includes(one.outcome));
  const [first] = bad;
  if (first) {
    const { summary, ...rest } = from(first.cause, first.outcome);
    const more = bad.length > 1 ? ` (and ${bad.length - 1} more)` : '';
    return { sign: 'bad', summary: `${nameOf(first)}: ${first.outcome}: ${summary}${more}`, ...rest, settled: false };
  }
  const fault = cases.find(({ outcome }) => outcome === 'not-run');
  if (fault?.cause) return { sign: 'host', cause: fault.cause, retryable: true };
  const passed = cases.filter(({ outcome }) => outcome === 'pass');
  if (passed.length > 0) {
    const what = passed.length === 1 && passed[0] ? `${nameOf(passed[0])}: pass` : `${passed.length} cases pass`;
    return { sign: 'good', summary: what, excerpt: [], settled: false };
  }
  const reason = cases.find((one) => one.reason !== undefined)?.reason;
  const summary =
    cases.length === 0
      ? `no case has "${text}" in its name`
      : `every such case is skipped: ${reason ?? 'no reason given'}`;
  return { sign: 'skip', summary, excerpt: [], settled: true };
}
