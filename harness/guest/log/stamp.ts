const blank = 32;
const lessThan = 60;
const greaterThan = 62;
const closing = 93;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isHex = (code: number): boolean => isDigit(code) || (code >= 97 && code <= 102);

/** Tails that loggers and vendors add inside of the brackets. */
const stampTail = /^(?: {1,4}< {0,8}\d{1,8}\.\d{1,9}>|[@,]\d{1,4})\]/;

/**
 * Where a time stamp of the kernel that begins at `at` ends (`[   12.345678]`, `[   12.345678 <    0.000012>]`,
 * `[   12.345678@1]`); -1 where none begins.
 */
export function stampEnd(line: string, at: number): number {
  let place = at + 1;
  while (line.charCodeAt(place) === blank && place - at < 12) place += 1;
  const seconds = place;
  while (isDigit(line.charCodeAt(place)) && place - seconds < 10) place += 1;
  if (place === seconds || line.charCodeAt(place) !== 46) return -1;
  place += 1;
  const fraction = place;
  while (isDigit(line.charCodeAt(place)) && place - fraction < 9) place += 1;
  if (place - fraction < 3) return -1;
  if (line.charCodeAt(place) === closing) return place + 1;
  const tail = stampTail.exec(line.slice(place, place + 40));
  return tail ? place + tail[0].length : -1;
}

/** Where a caller that begins at `at` ends (`[   T12]`, `[    C0]`); -1 where none begins. */
export function callerEnd(line: string, at: number): number {
  let place = at + 1;
  while (line.charCodeAt(place) === blank && place - at < 12) place += 1;
  const kind = line.charCodeAt(place);
  if (kind !== 84 && kind !== 67) return -1;
  const number = place + 1;
  place = number;
  while (isDigit(line.charCodeAt(place)) && place - number < 10) place += 1;
  return place > number && line.charCodeAt(place) === closing ? place + 1 : -1;
}

/** Where log levels that begin at `at` end; `at` where there are none. A logger may put its own in front of the kernel's. */
export function levelsEnd(line: string, at: number): number {
  const first = line.charCodeAt(at) === lessThan ? Math.max(at, levelEnd(line, at)) : at;
  return first > at && line.charCodeAt(first) === lessThan ? Math.max(first, levelEnd(line, first)) : first;
}

/** Where a log level that begins at `at` ends (`<4>`, `<30>`); -1 where none begins. */
function levelEnd(line: string, at: number): number {
  let place = at + 1;
  while (isHex(line.charCodeAt(place)) && place - at < 4) place += 1;
  return place > at + 1 && line.charCodeAt(place) === greaterThan ? place + 1 : -1;
}

/**
 * The next place at which the kernel begins a message in the middle of a line: a time stamp or, in a line that has none,
 * a caller or a level. -1 where there is none.
 */
export function nextRestart(line: string, from: number, stamped: boolean): number {
  for (let at = line.indexOf('[', from); at >= 0; at = line.indexOf('[', at + 1)) {
    const next = line.charCodeAt(at + 1);
    if (next !== blank && !isDigit(next)) continue;
    // Without time stamps a message begins with its caller, whose place is padded.
    if (stampEnd(line, at) < 0 && (stamped || next !== blank || callerEnd(line, at) < 0)) continue;
    // A level may stand in front of the stamp.
    const level = at - 3;
    return level >= from && line.charCodeAt(level) === lessThan && levelEnd(line, level) === at ? level : at;
  }
  if (stamped) return -1;
  for (let at = line.indexOf('<', Math.max(from, 1)); at >= 0; at = line.indexOf('<', at + 1)) {
    const digit = line.charCodeAt(at + 1);
    const after = line.charCodeAt(at + 3);
    if (digit >= 48 && digit <= 55 && line.charCodeAt(at + 2) === greaterThan && after >= blank) return at;
  }
  return -1;
}
