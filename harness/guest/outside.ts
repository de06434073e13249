import type { CaseResult, GuestGone } from '../model/index.ts';
import { bootName, endName, gapName } from '../model/suite.ts';
import { type CaseVerdict, failure, judgeGone, judgeSplats, type Stretch } from './verdict.ts';

/** Where in a guest's life something happened that belongs to no case. */
export type Where =
  | { readonly when: 'boot' | 'end' }
  /** Between two cases of one guest; one of both is absent at the beginning and at the end of its life. */
  | { readonly when: 'gap'; readonly after?: string; readonly before?: string };

function nameOf(where: Where): string {
  if (where.when === 'gap') return gapName(where.after, where.before);
  return where.when === 'boot' ? bootName : endName;
}

function between({ after, before }: { readonly after?: string; readonly before?: string }): string {
  if (after === undefined) return before === undefined ? 'before a case' : `before "${before}"`;
  return before === undefined ? `after "${after}", the last case of its guest` : `between "${after}" and "${before}"`;
}

function prefixOf(where: Where): string {
  if (where.when === 'gap') return between(where);
  return where.when === 'boot' ? 'while the guest booted' : 'while the guest shut down';
}

/** A guest that ends when it is told to has done nothing wrong. */
function wrongEnd(where: Where, gone: GuestGone | undefined): CaseVerdict | undefined {
  if (!gone || gone.ending === 'host') return undefined;
  if (where.when === 'end' && (gone.ending === 'exit' || gone.ending === 'reboot')) return undefined;
  return judgeGone(gone);
}

/**
 * What a guest did outside of its cases, as a result of its own beside those of the cases; undefined where nothing is
 * wrong.
 */
export function outsideResult(
  suite: string,
  where: Where,
  { splats, gone, left: [stays] = [] }: Omit<Stretch, 'lines'>,
): CaseResult | undefined {
  const stayed = stays === undefined ? undefined : failure(stays, 'kernel', []);
  const verdict = judgeSplats(splats) ?? wrongEnd(where, gone) ?? stayed;
  if (!verdict?.cause) return undefined;
  const summary = `${prefixOf(where)}: ${verdict.cause.summary}`;
  return {
    suite,
    name: nameOf(where),
    outcome: verdict.outcome,
    ms: 0,
    cause: { ...verdict.cause, summary },
    ...(splats.length > 0 && { splats }),
  };
}
