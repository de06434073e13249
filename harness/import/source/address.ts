/** Where the messages that a word names are downloaded from. */
export interface RemoteSource {
  readonly url: string;
  /** The message that was meant, where the word names one of a thread. */
  readonly messageId?: string;
}

/** Addresses of the services that are asked where a word names none. */
export interface Services {
  /** `https://lore.kernel.org` */
  readonly lore: string;
  /** `https://patchwork.kernel.org` */
  readonly patchwork: string;
}

/** Whether a word is a message id, perhaps with the list in front: `20070720@host`, `<id@host>`, `linux-mm/id@host`. */
function messageIdOf(word: string): { readonly list: string; readonly id: string } | undefined {
  const match = /^(?:([\w.-]+)\/)?<?([^\s<>/]+@[^\s<>/@]+)>?$/.exec(word.replace(/^(?:lore|mid|id):/, ''));
  return match?.[2] === undefined ? undefined : { list: match[1] ?? 'all', id: match[2] };
}

/** A rule turns the address of a page for people into that of the mails or patches that it shows. */
const pages: readonly (readonly [RegExp, string])[] = [
  // Patchwork: a series, the list of one, a patch, a cover letter.
  [/^(https?:\/\/[^?#]+?)\/api\/(?:[\d.]+\/)?series\/(\d+)\/?$/, '$1/series/$2/mbox/'],
  [/^(https?:\/\/[^/]+(?:\/[^/?#]+)*?)\/project\/[^/]+\/list\/\?(?:[^#]*&)?series=(\d+).*$/, '$1/series/$2/mbox/'],
  [/^(https?:\/\/[^/]+(?:\/[^/?#]+)*?)\/series\/(\d+)\/?$/, '$1/series/$2/mbox/'],
  [/^(https?:\/\/[^?#]+\/project\/[^/]+\/(?:patch|cover)\/[^/?#]+)\/?$/, '$1/mbox/'],
  // Forges: a pull or merge request, a commit, a comparison.
  [/^(https?:\/\/[^?#]+\/pull\/\d+)(?:\/(?:files|commits|changes))?\/?(?:[?#].*)?$/, '$1.patch'],
  [/^(https?:\/\/[^?#]+\/pulls\/\d+)(?:\/(?:files|commits))?\/?(?:[?#].*)?$/, '$1.patch'],
  [/^(https?:\/\/[^?#]+\/-\/merge_requests\/\d+)(?:\/(?:diffs|commits))?\/?(?:[?#].*)?$/, '$1.patch'],
  [/^(https?:\/\/[^?#]+\/commit\/[0-9a-f]{7,64})\/?(?:[?#].*)?$/, '$1.patch'],
  [/^(https?:\/\/[^?#]+\/compare\/[^?#]+\.\.\.?[^?#]+?)(?:\.(?:patch|diff))?\/?(?:[?#].*)?$/, '$1.patch'],
  // A diff alone has neither author nor message.
  [
    /^(https?:\/\/[^?#]+\/(?:pull|pulls|-\/merge_requests)\/\d+|https?:\/\/[^?#]+\/commit\/[0-9a-f]{7,64})\.diff$/,
    '$1.patch',
  ],
  // cgit and gitweb.
  [/^(https?:\/\/[^?#]+)\/(?:commit|diff)\/([^?#]*)\?((?:[^#]*&)?id2?=[^#]+)$/, '$1/patch/$2?$3'],
  [/^(https?:\/\/[^?#]+\?(?:[^#]*[;&])?a=)(?:commit|commitdiff|commitdiff_plain)((?:[;&][^#]*)?)$/, '$1patch$2'],
];

/**
 * What is to be downloaded for a word: an address (that of a page for people becomes that of its mails), a message id,
 * `patchwork:NUMBER`. Undefined where it names nothing on a server.
 */
export function remoteSource(word: string, { lore, patchwork }: Services): RemoteSource | undefined {
  const series = /^(?:patchwork|pw):(\d+)$/.exec(word)?.[1];
  if (series !== undefined) return { url: `${withoutSlash(patchwork)}/series/${series}/mbox/` };
  if (/^https?:\/\//.test(word))
    return archived(word.replace(/#.*$/, ''), withoutSlash(lore)) ?? { url: patchUrl(word) };
  const message = messageIdOf(word);
  if (message === undefined) return undefined;
  const { list, id } = message;
  return { url: `${withoutSlash(lore)}/${list}/${encodeURIComponent(id)}/t.mbox.gz`, messageId: id };
}

function patchUrl(word: string): string {
  const rule = pages.find(([pattern]) => pattern.test(word));
  return rule === undefined ? word.replace(/#.*$/, '') : word.replace(rule[0], rule[1]);
}

/** The archive's page of a message stands for its thread, whichever of its forms was copied. */
function archived(url: string, lore: string): RemoteSource | undefined {
  const short = /^https?:\/\/(?:patch\.)?msgid\.link\/([^/]*(?:@|%40)[^/]*)\/?$/.exec(url)?.[1];
  if (short !== undefined) return thread(`${lore}/all/${short}`);
  if (!url.startsWith(`${lore}/`) && !/^https?:\/\/lore\.kernel\.org\//.test(url)) return undefined;
  const [, site = '', list = '', id] =
    /^(https?:\/\/[^/]+)\/([^/]+)\/([^/]*(?:@|%40)[^/]*)\/?(?:raw|[Tt]\/?|t\.(?:mbox\.gz|atom))?$/.exec(url) ?? [];
  // `/r/` only redirects.
  return id === undefined ? undefined : thread(`${site}/${list === 'r' ? 'all' : list}/${id}`);
}

function thread(message: string): RemoteSource {
  const id = decodeURIComponent(message.slice(message.lastIndexOf('/') + 1));
  return { url: `${message}/t.mbox.gz`, messageId: id };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
