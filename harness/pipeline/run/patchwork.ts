import { askJson, type JsonRequest } from '../../host/fetch/json-api.ts';
import { type Emit, HostError, type Run, UserError } from '../../model/index.ts';
import { type PatchCheck, pointChecks } from '../../report/index.ts';
import { openStoredRun } from './directory.ts';

export interface PatchworkRequest {
  /** Directory of the run or its `run.json`; absolute. */
  readonly run: string;
  /** Address of the instance: `https://patchwork.example.org`. */
  readonly server: string;
  /** What the server knows the user by; reading needs none. */
  readonly token?: string;
  /** Link name of the project, where a mail is in several. */
  readonly project?: string;
  /** Address at which people find the report. */
  readonly link?: string;
  /** Says what would be sent and sends nothing. */
  readonly dryRun: boolean;
  /** Pause before the second try of a request, in milliseconds. */
  readonly retryDelayMs?: number;
}

/** A check as the server has it. */
interface Check {
  readonly state: 'success' | 'warning' | 'fail';
  readonly context: string;
  readonly description: string;
  readonly target_url?: string;
}

/** What became of one check. */
export interface PatchworkCheck extends Check {
  readonly patch: string;
  /** `there`: the newest of its context says the same already; `unknown`: the server does not know the patch. */
  readonly result: 'sent' | 'would be sent' | 'there' | 'unknown';
}

const states = { pass: 'success', warn: 'warning', fail: 'fail' } as const;
/** What the server has room for. */
const longestDescription = 255;

function checkOf({ tool, status, summary }: PatchCheck, link: string | undefined): Check {
  const text = summary.replaceAll(/\s+/g, ' ').trim();
  const description = text.length > longestDescription ? `${text.slice(0, longestDescription - 1)}…` : text;
  const context = tool.replaceAll(/[^\w-]/g, '_');
  return { state: states[status], context, description, ...(link === undefined ? {} : { target_url: link }) };
}

/** The API of one instance. */
class Patchwork {
  private readonly base: string;
  private readonly request: PatchworkRequest;
  private readonly signal: AbortSignal;

  constructor(request: PatchworkRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
    this.base = `${addressOf(request.server)}/api/1.2`;
  }

  private async ask(
    what: string,
    words: Pick<JsonRequest, 'method' | 'body'> & { readonly path: string },
    done?: () => Promise<boolean>,
  ): Promise<unknown> {
    const { token, retryDelayMs } = this.request;
    const { path, ...rest } = words;
    const headers = token === undefined ? {} : { authorization: `Token ${token}` };
    const options = { signal: this.signal, ...(retryDelayMs === undefined ? {} : { retryDelayMs }) };
    const answer = await askJson({ ...rest, url: `${this.base}${path}`, headers }, options, done);
    if (answer === 'done') return undefined;
    const { status, value } = answer;
    if (status === 401 || status === 403) {
      throw new UserError(`${this.base} refuses ${what} (${status}): ${messageOf(value)}`, {
        hint: 'put a token of a maintainer of the project into QUILTBOOT_PATCHWORK_TOKEN',
      });
    }
    if (status >= 200 && status < 300 && value !== undefined) return value;
    throw new HostError(`${this.base} does not answer ${what} as Patchwork does (${status}): ${messageOf(value)}`, {
      code: 'QB-DOWNLOAD',
      hint: 'look whether the address is that of a Patchwork with version 1.2 of the API or a later one',
    });
  }

  /** The server's number of the patch in a mail; undefined where it does not know it. */
  async find(messageId: string): Promise<number | undefined> {
    const words = new URLSearchParams({ msgid: messageId });
    if (this.request.project !== undefined) words.set('project', this.request.project);
    const list = await this.ask('for a patch', { method: 'GET', path: `/patches/?${words.toString()}` });
    const [first] = Array.isArray(list) ? (list as readonly { readonly id?: unknown }[]) : [];
    return typeof first?.id === 'number' ? first.id : undefined;
  }

  /** Whether the newest check of a context says the same. */
  async has(patch: number, { context, state, description }: Check): Promise<boolean> {
    const list = await this.ask('for the checks', { method: 'GET', path: `/patches/${patch}/checks/?per_page=250` });
    const all = (Array.isArray(list) ? list : []) as readonly (Partial<Check> & { readonly id?: number })[];
    const own = all.filter((one) => one.context === context).sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
    const newest = own.at(-1);
    return newest?.state === state && newest.description === description;
  }

  async send(patch: number, check: Check): Promise<void> {
    const path = `/patches/${patch}/checks/`;
    // A request whose answer got lost may have done its work.
    await this.ask('a check', { method: 'POST', path, body: check }, () => this.has(patch, check));
  }
}

function messageOf(value: unknown): string {
  const text = value === undefined ? 'no JSON' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function addressOf(server: string): string {
  const found = URL.canParse(server) ? new URL(server) : undefined;
  if (found !== undefined && /^https?:$/.test(found.protocol))
    return `${found.origin}${found.pathname.replace(/\/+$/, '')}`;
  throw new UserError(`${server}: expected the address of a Patchwork`, {
    code: 'QB-USAGE',
    hint: 'for instance https://patchwork.kernel.org',
  });
}

function mailsOf({ series }: Run): { readonly point: number; readonly patch: string; readonly messageId: string }[] {
  return series.patches.flatMap(({ name, messageId }, index) =>
    messageId === undefined ? [] : [{ point: index + 1, patch: name, messageId }],
  );
}

/**
 * Gives a Patchwork the results of a stored run: a check for each patch and target. To do it again changes nothing: what the
 * newest check of a context says already is not sent.
 *
 * @throws UserError for a run without mails, a server that knows none of them, and a token that it refuses; HostError
 */
export async function sendToPatchwork(
  request: PatchworkRequest,
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: Emit },
): Promise<PatchworkCheck[]> {
  const patchwork = new Patchwork(request, signal);
  const { run } = await openStoredRun(request.run);
  const mails = mailsOf(run);
  if (mails.length === 0) {
    throw new UserError(`no patch of the run ${run.id} has a Message-ID, by which Patchwork knows it`, {
      hint: 'import the series from its mails (quiltboot import), and run it',
    });
  }
  if (!request.dryRun && request.token === undefined) {
    throw new UserError('a Patchwork takes checks from whoever has a token', {
      code: 'QB-USAGE',
      hint: 'put it into QUILTBOOT_PATCHWORK_TOKEN, or look first with --dry-run',
    });
  }
  const sent: PatchworkCheck[] = [];
  for (const { point, patch, messageId } of mails) {
    const checks = pointChecks(run, point).map((one) => checkOf(one, request.link));
    if (checks.length === 0) continue;
    const id = await patchwork.find(messageId);
    if (id === undefined)
      emit({ type: 'note', level: 'warning', text: `${patch}: Patchwork does not know <${messageId}>` });
    for (const check of checks) {
      const isThere = id !== undefined && (await patchwork.has(id, check));
      if (id !== undefined && !isThere && !request.dryRun) await patchwork.send(id, check);
      const result = id === undefined ? 'unknown' : isThere ? 'there' : request.dryRun ? 'would be sent' : 'sent';
      sent.push({ ...check, patch, result });
    }
  }
  if (sent.length > 0 && sent.every(({ result }) => result === 'unknown')) {
    throw new UserError(`${request.server} knows no patch of the run ${run.id}`, {
      hint: 'look at the address and the project (--project)',
    });
  }
  return sent;
}
