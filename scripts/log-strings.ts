/**
 * Lists the messages of a kernel that are loud (KERN_CRIT and above) or come before a dump of a stack, renders an example of
 * each, and says on which the recogniser is silent. Each of those has a class in scripts/log-strings/classes.yaml; where one
 * has none the exit status is 1, so that a new kernel shows its gaps by one command.
 *
 *   npx tsx scripts/log-strings.ts TREE [--list]      --list: also those that have a class, with it
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { argv, echo } from 'zx';
import { readRules } from './log-strings/classify.ts';
import { stringsOf } from './log-strings/extract.ts';
import { findings } from './log-strings/render.ts';

const [tree] = argv._;
if (tree === undefined) throw new Error('expected a kernel tree; see the head of scripts/log-strings.ts');
const folders = ['arch', 'block', 'certs', 'crypto', 'drivers', 'fs', 'include', 'init', 'io_uring', 'ipc', 'kernel'];
folders.push('lib', 'mm', 'net', 'security', 'sound', 'virt');
/** Tables of registers, hundreds of megabytes without a message. */
const skipped = /^drivers\/gpu\/drm\/amd\/include\//;

const rules = readRules(path.join(import.meta.dirname, 'log-strings', 'classes.yaml'));
const counts = new Map<string, number>();
let all = 0;
let unclassified = 0;

function look(file: string): void {
  for (const entry of stringsOf(readFileSync(path.join(tree ?? '', file), 'latin1'), path.parse(file).name)) {
    all += 1;
    if (findings(entry).length > 0) continue;
    const rule = rules.find((each) => each.fits(file, entry));
    const kind = rule ? `${rule.class}: ${rule.reason}` : 'UNCLASSIFIED';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (!rule) unclassified += 1;
    if (!rule || argv['list']) echo(`${file}:${entry.line}: ${entry.kind}: ${JSON.stringify(entry.format)}: ${kind}`);
  }
}

function walk(folder: string): void {
  for (const entry of readdirSync(path.join(tree ?? '', folder), { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) walk(inside);
    else if (/\.[chS]$/.test(entry.name) && !skipped.test(inside)) look(inside);
  }
}

const there = new Set(readdirSync(tree));
for (const folder of folders.filter((one) => there.has(one))) walk(folder);
const silent = [...counts.values()].reduce((sum, count) => sum + count, 0);
echo(`${all} messages that are loud or come before a dump; of ${all - silent} there is a report`);
for (const [kind, count] of [...counts].sort((a, b) => b[1] - a[1])) echo(`${String(count).padStart(6)} ${kind}`);
if (all === 0) echo(`no message found: is ${tree} a kernel tree?`);
process.exitCode = unclassified > 0 || all === 0 ? 1 : 0;
