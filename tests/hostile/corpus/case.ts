import type { ExecutionContext } from 'ava';
import type { Workshop } from '../../support/trees.ts';

/** What a case has: a directory with files that must neither be read nor changed. */
export interface Ground {
  readonly t: ExecutionContext;
  readonly shop: Workshop;
  /** A file with a secret in it, outside of everything that the program was given. */
  readonly secret: string;
  /** A place next to it where nothing may come into being. */
  readonly outside: string;
}

/** One thing that somebody hostile tries. */
export interface HostileCase {
  readonly kind: 'patch' | 'archive' | 'mail' | 'project' | 'guest' | 'server' | 'stored' | 'text';
  /** What it tries. */
  readonly tries: string;
  /** The reason for which it comes to nothing, as a reader is told. */
  readonly contained: RegExp;
  /** Does it, and gives everything that was said: the error, or what came of it. */
  readonly run: (ground: Ground) => Promise<string>;
}

/** What an action says: what it returns, or its error. An error of no class of ours stays one, for it is a crash. */
export async function said(action: () => unknown): Promise<string> {
  try {
    const value = await action();
    return typeof value === 'string' ? value : JSON.stringify(value ?? 'nothing');
  } catch (error) {
    const names = ['UserError', 'HostError', 'GuestGone', 'DownloadFailure'];
    if (error instanceof Error && names.includes(error.name)) {
      const { hint } = error as Error & { readonly hint?: string };
      return `${error.name}: ${error.message}${hint === undefined ? '' : `\n${hint}`}`;
    }
    throw error;
  }
}
