/** What a download may take. Servers are strangers: one that sends for ever, or hardly at all, is given up. */
export interface DownloadBounds {
  /** Bytes of one file. */
  readonly bytes: number;
  /** Bytes that have to come within each span of time, and that span in milliseconds. */
  readonly slowest: { readonly bytes: number; readonly ms: number };
}

/** Several times the largest source of a kernel; slower than a modem is no connection. */
export const downloadBounds: DownloadBounds = {
  bytes: 4 * 2 ** 30,
  slowest: { bytes: 30 * 1024, ms: 30_000 },
};

/** Why a download with so many bytes so far is not continued; undefined when it is. */
export interface Meter {
  /** @param received all bytes so far @param now milliseconds of a clock */
  problem(received: number, now: number): string | undefined;
}

/** Watches one download that begins at a time with some bytes already there. */
export function createMeter({ bytes, slowest }: DownloadBounds, start: number, now: number): Meter {
  let since = { received: start, now };
  return {
    problem(received, at) {
      if (received > bytes) return `it is larger than ${bytes} bytes`;
      if (at - since.now < slowest.ms) return undefined;
      const came = received - since.received;
      since = { received, now: at };
      if (came >= slowest.bytes) return undefined;
      return `it sends too slowly: ${came} bytes in ${Math.round(slowest.ms / 1000)} s`;
    },
  };
}

/**
 * Where a redirection leads. A string in `refused` says why it is not followed: a connection that was safe must not become
 * one that anybody on the way can read and change.
 */
export function redirection(from: string, location: string): { readonly url: string } | { readonly refused: string } {
  if (!URL.canParse(location, from)) return { refused: 'the server redirects to an invalid address' };
  const url = new URL(location, from);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { refused: `the server redirects to ${url.protocol}, which is not followed` };
  if (url.protocol === 'http:' && new URL(from).protocol === 'https:')
    return {
      refused: `the server redirects from https to http (${url.href}), which anyone on the network could change`,
    };
  return { url: url.href };
}
