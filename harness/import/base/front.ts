import { parseSubject, titleKey } from '../mail/subject.ts';
import type { MailMessage } from '../text/types.ts';
import { idsIn, type Prerequisite, prerequisites } from './needs.ts';
import { patchId } from './patch-id.ts';

/** Patches that were posted together, or stand in one queue. */
export interface Offer {
  readonly cover?: MailMessage;
  /** In their order. */
  readonly patches: readonly MailMessage[];
  readonly version: number;
}

/** What meets a need. */
export interface Front {
  readonly need: Prerequisite;
  readonly patches: readonly MailMessage[];
}

export interface FrontSearch {
  /** Those of the series and its cover letter. */
  readonly messages: readonly MailMessage[];
  /** Where to look, the best first. */
  readonly offers: readonly Offer[];
  /** Whether a need is met by the tree itself. */
  readonly isMet?: (need: Prerequisite) => boolean;
}

export interface FoundFront {
  /** In the order in which they are to be applied; what one of them needs stands before it. */
  readonly front: readonly Front[];
  readonly unmet: readonly Prerequisite[];
}

/** Finds what a series needs first among other patches: by id, by message, by b4's name of the series, by title. */
export function findFront({ messages, offers, isMet = () => false }: FrontSearch): FoundFront {
  const taken = new Set(messages);
  const asked = new Set<string>();
  const front: Front[] = [];
  const unmet: Prerequisite[] = [];
  const byId = lazyIds(offers);
  const meet = (all: readonly MailMessage[]): void => {
    for (const need of prerequisites(all)) {
      if (asked.has(need.value) || isMet(need) || isOwn(need, all)) continue;
      asked.add(need.value);
      const found = need.kind === 'patch-id' ? byId(need.value) : offerFor(need, offers);
      if (found === undefined) {
        unmet.push(need);
        continue;
      }
      meet(found.cover === undefined ? found.patches : [found.cover, ...found.patches]);
      const patches = found.patches.filter((patch) => !taken.has(patch));
      for (const patch of patches) taken.add(patch);
      front.push({ need, patches });
    }
  };
  meet(messages);
  return { front, unmet };
}

/** A series may name its own cover letter. */
function isOwn(need: Prerequisite, messages: readonly MailMessage[]): boolean {
  const ids = idsIn(need);
  return messages.some(({ messageId }) => messageId !== undefined && ids.includes(messageId));
}

/** Ids cost a pass over every patch, so they are made when the first one is asked for. */
function lazyIds(offers: readonly Offer[]): (id: string) => Offer | undefined {
  let ids: Map<string, Offer> | undefined;
  return (id) => {
    ids ??= new Map(
      offers.flatMap(({ patches, version }) =>
        patches.map((patch) => [patchId(patch.diff), { patches: [patch], version }] as const),
      ),
    );
    return ids.get(id) ?? [...ids].find(([whole]) => whole.startsWith(id))?.[1];
  };
}

function offerFor(need: Prerequisite, offers: readonly Offer[]): Offer | undefined {
  const ids = idsIn(need);
  const has = (test: (message: MailMessage) => boolean): Offer | undefined =>
    offers.find(({ cover, patches }) => (cover !== undefined && test(cover)) || patches.some(test));
  if (ids.length > 0) return has(({ messageId }) => messageId !== undefined && ids.includes(messageId));
  if (need.kind === 'change-id') {
    const [, change = need.value, version] = /^(.*?)(?::v(\d+))?$/.exec(need.value) ?? [];
    return offers
      .filter((offer) => version === undefined || offer.version === Number(version))
      .toSorted((a, b) => b.version - a.version)
      .find(({ cover, patches }) => [cover, ...patches].some((message) => message?.changeId === change));
  }
  const key = titleKey(parseSubject(need.value.replace(/^["'(]+|["')]+$/g, '')).title);
  return key === '' ? undefined : has(({ subject }) => !subject.reply && titleKey(subject.title) === key);
}
