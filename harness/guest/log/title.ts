/** Puts the groups of a match into a template. */
export function fillTemplate(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
}

/** Takes out of a title what differs between two occurrences of the same fault: addresses, pids, processors, times. */
export function normaliseTitle(title: string): string {
  return title
    .replace(/\b([A-Za-z_][\w.]*)\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/g, '$1')
    .replace(/\b([\w:.-]{1,80})\/\d+(?:\/0x[0-9a-f]+)?(?=[ :!,)]|$)/g, '$1')
    .replace(/[([]?\b0x[0-9a-f]+\b[)\]]?/g, '')
    .replace(/[([]?\b(?:[0-9a-f]{8}|[0-9a-f]{16})\b[)\]]?/g, '')
    .replace(/\(_+ptrval_+\)/g, '')
    .replace(/\bCPU ?#?\d+/gi, 'CPU')
    .replace(/\bpid[ :=]+\d+/gi, 'pid')
    .replace(/\bfor (?:at least )?\d+ ?s(?:econds)?\b/g, '')
    .replace(/\bexitcode=/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[\s!.,:;]{1,60}$/, '');
}
