/** What kselftest gives a test where the collection says nothing, in seconds. */
const usualSeconds = 45;
/** What a test may take whose collection wants no limit, in seconds. */
const longestSeconds = 1800;

/** Milliseconds that each test of a collection may take, by its `settings` file; `timeout=0` is told to mean no limit. */
export function timeoutOf(settings: string | undefined): number {
  const said = /^\s*timeout\s*=\s*"?(\d+)"?\s*(?:#.*)?$/m.exec(settings ?? '')?.[1];
  const seconds = said === undefined ? usualSeconds : Number(said);
  return (seconds === 0 ? longestSeconds : Math.min(seconds, longestSeconds)) * 1000;
}
