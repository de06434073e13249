import type { Diagnostic } from '../model/index.ts';
import type { BuildFinding, LogReading } from './diagnostics.ts';

/**
 * The warnings of everything that a build directory holds, by what was being made when they came. Make prints a warning
 * only when it compiles the object; it holds for as long as the object is not compiled again.
 */
export type WarningsByObject = Readonly<Record<string, readonly BuildFinding[]>>;

/** The state after a make: what it made has the warnings that it printed, everything else keeps what it had. */
export function foldWarnings(before: WarningsByObject, reading: LogReading): WarningsByObject {
  const after = new Map<string, BuildFinding[]>();
  for (const [object, findings] of Object.entries(before))
    if (object !== '' && !reading.made.has(object)) after.set(object, [...findings]);
  for (const finding of reading.findings) {
    if (finding.diagnostic.severity !== 'warning') continue;
    const object = finding.diagnostic.object ?? '';
    const known = after.get(object);
    if (known) known.push(finding);
    else after.set(object, [finding]);
  }
  return Object.fromEntries(after);
}

/** Each warning once: a header's warning comes again with every object that includes it. */
export function uniqueFindings(findings: Iterable<BuildFinding>): BuildFinding[] {
  const found = new Map<string, BuildFinding>();
  for (const finding of findings) {
    const { file, line, column } = finding.diagnostic;
    const key = JSON.stringify([contentKey(finding.diagnostic), file, line, column]);
    if (!found.has(key)) found.set(key, finding);
  }
  return [...found.values()];
}

/** Equal for a warning that only moved: without line numbers and addresses. */
function contentKey({ file, option, message }: Diagnostic): string {
  return JSON.stringify([file, option, message.replaceAll(/0x[0-9a-f]+/gi, '0x')]);
}

function placeKey(diagnostic: Diagnostic): string {
  return `${contentKey(diagnostic)}:${diagnostic.line ?? ''}`;
}

/**
 * The warnings of a point that the previous one doesn't have. Lines shift with every patch, so warnings are compared by
 * file, option and text; of several that are alike, as many are new as there are more of them, and those first that
 * stand on lines that had none.
 */
export function newFindings(now: readonly BuildFinding[], previous: readonly Diagnostic[]): BuildFinding[] {
  const known = new Map<string, number>();
  for (const diagnostic of previous) known.set(contentKey(diagnostic), (known.get(contentKey(diagnostic)) ?? 0) + 1);
  const places = new Set(previous.map(placeKey));
  const unmoved = now.filter(({ diagnostic }) => places.has(placeKey(diagnostic)));
  const others = now.filter(({ diagnostic }) => !places.has(placeKey(diagnostic)));
  const fresh = new Set<BuildFinding>();
  for (const finding of [...unmoved, ...others]) {
    const key = contentKey(finding.diagnostic);
    const left = known.get(key) ?? 0;
    if (left > 0) known.set(key, left - 1);
    else fresh.add(finding);
  }
  return now.filter((finding) => fresh.has(finding));
}
