import { defined, freeSpaceHint, HostError, UserError } from '../../model/index.ts';

/** A package file that apt's signed lists know. */
export interface DebianFile {
  readonly url: string;
  /** As apt names it when it is downloaded: `name_version_arch.deb`, with `%3a` for a colon. */
  readonly fileName: string;
  readonly version: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256?: string;
}

/** Reads a line of `apt-get download --print-uris`: `'url' file size SHA256:sum`. */
export function parsePrintedUri(output: string): DebianFile | undefined {
  const match = /^'([^']+)' (\S+) (\d+)(?: SHA256:([0-9a-f]{64}))?/m.exec(output);
  const [, url, fileName, size, sha256] = match ?? [];
  if (url === undefined || fileName === undefined || size === undefined) return undefined;
  const version = fileName.split('_')[1];
  if (version === undefined) return undefined;
  return {
    url,
    fileName,
    version: decodeURIComponent(version),
    size: Number(size),
    ...defined({ sha256 }),
  };
}

/** What a line on apt's status descriptor says of a download, 0 to 1. */
export function parseDownloadStatus(line: string): number | undefined {
  const percent = /^dlstatus:[^:]*:([\d.]+):/.exec(line)?.[1];
  return percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
}

/** Whether apt failed because its lists do not know the package (or the version), perhaps for being old. */
export function isUnknownPackage(output: string): boolean {
  return /^E: (Unable to locate package|Version '.*' for '.*' was not found|No packages found|Can't find a source)/m.test(
    output,
  );
}

/** The sentence for what apt printed when it could not give `what`, of a release where one was named. */
export function explainAptFailure(what: string, output: string, release?: string): HostError | UserError {
  const said = output
    .split('\n')
    .filter((line) => /^(E|W|Err):/.test(line))
    .slice(0, 6)
    .join('\n');
  if (isUnknownPackage(output)) {
    const name = what.split(/[=: ]/)[0] ?? what;
    // What this machine's own apt says is about another release.
    const where = release === undefined ? 'in the package sources of this machine' : `in the release ${release}`;
    const check = release === undefined ? `apt-cache policy ${name}` : `https://packages.debian.org/${release}/${name}`;
    return new UserError(`no Debian package ${what} ${where}`, {
      hint: `check the name and the version with: ${check}\n${said}`,
    });
  }
  if (/No space left on device|write error/i.test(output)) {
    return new HostError(`cannot download Debian package ${what}: no space left on the device`, {
      code: 'QB-DISK',
      hint: freeSpaceHint,
    });
  }
  if (/resolv|connect|network is unreachable|timed out|connection/i.test(output)) {
    return new HostError(`cannot download Debian package ${what}: no network connection to its archive`, {
      code: 'QB-DOWNLOAD',
      hint: `check the network and the proxies (http_proxy, Acquire::http::Proxy), then run again\n${said}`,
      retryable: true,
    });
  }
  return new HostError(`cannot download Debian package ${what}`, {
    code: 'QB-DOWNLOAD',
    hint: said === '' ? output.trim().split('\n').slice(-6).join('\n') : said,
    retryable: true,
  });
}
