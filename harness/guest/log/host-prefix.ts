/** What loggers put in front of each line; the first that matches counts, and several may stand in a row. */
const date = '\\d{4}-\\d\\d-\\d\\d';
const time = '\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?';
const zone = '(?:Z|UTC| UTC| ?[+-]\\d\\d:?\\d\\d)?';
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** Host and program of syslog and journal. */
const kernel = '(?:[\\w.:-]{1,64} )?kernel(?:\\[\\d{1,10}\\])?: ';

/** By the kind of their first character, so that an ordinary line costs at most one expression. */
const bracketed = new RegExp(
  [
    // dmesg -T, -e, -d; Jenkins.
    `^\\[${day} ${month} [ \\d]\\d ${time} \\d{4}(?: <[ \\d.]{1,20}>)?\\] ?`,
    `^\\[${month}[ \\d]\\d \\d\\d:\\d\\d\\] ?`,
    '^\\[ {0,8}\\+\\d{1,8}\\.\\d{3,9}\\] ?',
    '^\\[< {0,10}\\d{1,8}\\.\\d{3,9}>\\] ?',
    `^\\[${date}[T ]${time}${zone}\\] ?`,
    `^\\[${time}\\] ?`,
    // journalctl -o short-monotonic.
    `^\\[ {0,10}\\d{1,10}\\.\\d{3,9}\\] ${kernel}`,
  ].join('|'),
);
const dated = new RegExp(
  [
    `^${date}[T ]${time}${zone} ${kernel}`,
    `^${date}[T ]${time}${zone}(?: \\d\\d[OE][ +]| )?`,
    // logcat -b kernel.
    `^\\d\\d-\\d\\d ${time} {1,9}(?:\\w{1,16} {1,9})?\\d{1,7} {1,9}\\d{1,7} [VDIWEF] {1,9}(?:kernel {0,2})?: `,
    `^${time}(?: [AP]M)?(?:: | \\| | )`,
    // /dev/kmsg and the extended form of netconsole.
    '^\\d{1,3},\\d{1,10},\\d{1,20},[-c+](?:,caller=[TC]\\d{1,10})?;',
  ].join('|'),
);
const named = new RegExp(
  [
    `^${month} [ \\d]\\d ${time} (?:${kernel})?`,
    `^${day} ${date} ${time}(?: [A-Z]{3,5}|${zone}) ${kernel}`,
    // dmesg -x.
    '^(?:kern|user|daemon|syslog) {0,6}:(?:emerg|alert|crit|err|warn|notice|info|debug) {0,6}: ?',
    `^${kernel}`,
    // What reads a console for others.
    '^(?:[\\w.-]{1,24}_\\d{1,3}|console|serial|guest|qemu|dut|uart|tty\\w{1,8}) {0,8}(?:\\||>|:) ',
    '^[VDIWEF]/\\w{1,16} {0,8}\\( {0,6}\\d{1,6}\\): ',
  ].join('|'),
);

function formLength(line: string): number {
  const code = line.charCodeAt(0);
  if (code === 91) return bracketed.exec(line)?.[0].length ?? 0;
  if (code >= 48 && code <= 57) return dated.exec(line)?.[0].length ?? 0;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? (named.exec(line)?.[0].length ?? 0) : 0;
}

/** How many characters of a line a logger on the host has put there; 0 for a line without. */
export function hostPrefix(line: string): number {
  let at = 0;
  for (let round = 0; round < 3; round += 1) {
    const length = formLength(at === 0 ? line : line.slice(at, at + 200));
    if (length === 0) break;
    at += length;
  }
  return at;
}
