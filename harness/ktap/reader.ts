import { type ResultLine, readLine } from './line.ts';
import { type Level, newLevel, Remarks } from './tree.ts';

/** Results of one stream; what comes beyond is counted as a flood. */
const mostResults = 50_000;
/** Levels within levels. */
const deepest = 20;

/** The output of a program that its runner quotes: `# ok 1 name`. */
const quote = /^(\s*)# ?/;

/** What was read, its end included; levels that nobody closed are still open. */
export interface KtapTree {
  /** Streams one after the other, each with its outermost level. */
  readonly streams: readonly Level[];
  /** Levels of the last stream that had no result yet, outermost first; the stream itself is the first of them. */
  readonly open: readonly Level[];
  /** What was printed after the last result, and the line after it. */
  readonly rest: { readonly from: number; readonly remarks: readonly string[] };
  readonly lines: number;
}

/** A machine that is fed the lines of a log or of a program's output, prefixes taken off. */
export interface KtapReader {
  push(line: string): void;
  tree(): KtapTree;
}

export interface KtapReaderOptions {
  /**
   * What is read is the output of one program: it may begin without a version, and a result may lack both number and
   * dash, as TAP allows. In a kernel log either would be taken for what others print.
   */
  readonly program?: boolean;
}

export function createKtapReader({ program = false }: KtapReaderOptions = {}): KtapReader {
  const streams: Level[] = [];
  /** Levels that have no result yet, outermost first. */
  let open: Level[] = [];
  /** A level that ended by its indentation: the next result of the level above is its own. */
  let ended: Level | undefined;
  let announced: string | undefined;
  let remarks = new Remarks();
  let from = 0;
  let index = 0;
  let results = 0;

  const top = (): Level | undefined => open.at(-1);
  const begin = (level: Level): Level => {
    if (open.length === 0) {
      streams.push(level);
      from = index;
      remarks = new Remarks();
    }
    open.push(level);
    announced = undefined;
    return level;
  };
  const fault = (level: Level, kind: Level['faults'][number]['kind'], text: string, line = index): void => {
    if (level.faults.length < 100) level.faults.push({ kind, line, text });
  };

  /** A nested level whose own result never came. */
  const giveUp = (level: Level, parent: Level): void => {
    const { name = `${parent.nodes.length + 1}` } = level;
    fault(level, 'unclosed', 'has no result of its own');
    parent.nodes.push({ name, ok: false, reason: '', line: index, from: index, remarks: [], children: level });
  };
  const forgetEnded = (): void => {
    const parent = top();
    if (ended && parent) giveUp(ended, parent);
    ended = undefined;
  };
  /** Ends levels that lie deeper than a line of structure. */
  const dedent = (indent: number): void => {
    for (let level = top(); level && open.length > 1 && level.indent > indent; level = top()) {
      forgetEnded();
      open.pop();
      ended = level;
    }
    const root = top();
    if (!root || root.indent <= indent) return;
    // It began with what is nested, as suites that come with modules do.
    forgetEnded();
    ended = root;
    streams.pop();
    open = [newLevel(indent, root.line, { headless: true })];
    streams.push(...open);
  };

  /** The level that a line of structure belongs to; a new one where it stands deeper. */
  const levelAt = (indent: number, quoted: boolean): Level => {
    dedent(indent);
    const level = top();
    if (level && (indent <= level.indent || open.length > deepest)) return level;
    forgetEnded();
    const name = announced;
    return begin(newLevel(indent, index, { quoted, ...(name === undefined ? {} : { name }) }));
  };

  const onVersion = (indent: number, protocol: 'KTAP' | 'TAP', quoted: boolean): void => {
    dedent(indent);
    const level = top();
    if (level && indent > level.indent && open.length <= deepest) {
      forgetEnded();
      const name = announced;
      begin(newLevel(indent, index, { protocol, quoted, ...(name === undefined ? {} : { name }) }));
    } else if (level && open.length > 1) {
      // The one before it on this level has ended without a result.
      open.pop();
      forgetEnded();
      const parent = top();
      if (parent) giveUp(level, parent);
      begin(newLevel(indent, index, { protocol, quoted }));
    } else {
      // Another stream of its own: nothing of the last one can come any more.
      forgetEnded();
      open = [];
      begin(newLevel(indent, index, { protocol, quoted }));
    }
  };

  const onPlan = (indent: number, line: { readonly count: number; readonly skip?: string }, quoted: boolean): void => {
    const name = announced;
    let level = levelAt(indent, quoted);
    const parent = open.at(-2);
    if (level.plan && name !== undefined && name !== level.name && parent) {
      // The test before it has ended without a result.
      forgetEnded();
      open.pop();
      giveUp(level, parent);
      level = begin(newLevel(indent, index, { name, quoted }));
    }
    if (level.plan) {
      fault(level, 'two-plans', `a second plan, 1..${line.count}, after 1..${level.plan.count}`);
      return;
    }
    const { count, skip } = line;
    level.plan = { count, line: index, ...(skip === undefined ? {} : { skip }) };
  };

  const onSubtest = (indent: number, name: string, quoted: boolean): void => {
    dedent(indent);
    const level = top();
    if (level && indent > level.indent && open.length <= deepest) {
      forgetEnded();
      begin(newLevel(indent, index, { name, quoted }));
    } else if (level && open.length > 1 && level.nodes.length === 0 && !level.plan && level.name === undefined) {
      level.name = name;
    } else if (level) announced = name;
    else {
      // A log that begins in the middle, or a kernel that prints no version.
      begin(newLevel(0, index));
      if (indent > 0) begin(newLevel(indent, index, { name, quoted }));
      else announced = name;
    }
  };

  const onResult = (indent: number, line: ResultLine, quoted: boolean): void => {
    const level = levelAt(indent, quoted);
    announced = undefined;
    results += 1;
    if (results > mostResults) {
      if (results === mostResults + 1) fault(level, 'flood', `more than ${mostResults} results`);
      return;
    }
    let children = ended;
    if (children?.name !== undefined && line.name !== '' && children.name !== line.name) {
      forgetEnded();
      children = undefined;
    }
    ended = undefined;
    const expected = level.nodes.length + 1;
    if (line.number !== undefined && line.number !== expected && !level.headless) {
      fault(level, 'number', `result ${expected} has the number ${line.number}`);
    }
    const { ok, directive, reason } = line;
    level.nodes.push({
      name: line.name === '' ? (children?.name ?? `${expected}`) : line.name,
      ...{ ok, reason, line: index, from, remarks: remarks.all() },
      ...(directive && { directive }),
      ...(children && { children }),
    });
    remarks = new Remarks();
    from = index + 1;
  };

  const onBail = (reason: string): void => {
    const level = top() ?? begin(newLevel(0, index));
    fault(level, 'bail-out', `the test bailed out${reason === '' ? '' : `: ${reason}`}`);
  };

  /** A line of a program that its runner quotes, as if it were indented instead. */
  const unquoted = (raw: string): { readonly raw: string; readonly quoted: boolean } => {
    const plain = raw.replace(quote, '$1  ');
    if (plain === raw) return { raw, quoted: false };
    const inside = open.some((level) => level.quoted);
    const inner = readLine(plain).line.kind;
    if (inner === 'version') return { raw: plain, quoted: true };
    return inside && (inner !== 'text' || quote.test(plain.trimStart()))
      ? { raw: plain, quoted: true }
      : { raw, quoted: false };
  };

  return {
    push(given) {
      const { raw, quoted } = open.length > 0 ? unquoted(given) : { raw: given, quoted: false };
      const { indent, line } = readLine(raw);
      const known = open.length > 0 || program;
      if (line.kind === 'version') onVersion(indent, line.protocol, quoted);
      else if (line.kind === 'subtest') onSubtest(indent, line.name, quoted);
      else if (line.kind === 'plan' && known) onPlan(indent, line, quoted);
      else if (line.kind === 'result' && known && (program || !line.loose)) onResult(indent, line, quoted);
      else if (line.kind === 'bail' && known) onBail(line.reason);
      else if (open.length > 0) remarks.add(given);
      index += 1;
    },
    tree: () => ({
      streams,
      open: ended ? [...open, ended] : [...open],
      rest: { from, remarks: remarks.all() },
      lines: index,
    }),
  };
}
