import { readFile } from 'node:fs/promises';
import { redirection } from '../../../harness/host/fetch/bounds.ts';
import { downloadUrl } from '../../../harness/host/fetch/http.ts';
import { resolveRemoteRef } from '../../../harness/host/git/import.ts';
import { type Answer, webServer } from '../../support/web-server.ts';
import { type HostileCase, said } from './case.ts';

const bounds = { bytes: 100_000, slowest: { bytes: 1000, ms: 2000 } };

const servers: readonly (readonly [string, Answer, RegExp])[] = [
  [
    'to send for ever',
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', more);
      more();
    },
    /larger than 100000 bytes|too slowly/,
  ],
  [
    'to promise too much',
    (_, response) => response.writeHead(200, { 'content-length': 5_000_000_000 }).write('x'),
    /larger than 100000 bytes/,
  ],
  [
    'to send a byte now and then',
    (_, response) => {
      const timer = setInterval(() => response.write('x'), 100);
      response.on('close', () => clearInterval(timer));
    },
    /too slowly/,
  ],
  ['to say nothing after its head', (_, response) => response.writeHead(200).flushHeaders(), /too slowly/],
  [
    'to redirect to itself',
    (_, response) => response.writeHead(302, { location: '/x' }).end(),
    /redirects more than 5 times/,
  ],
  [
    'to redirect to a file of this machine',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /redirects to file:/,
  ],
  [
    'to redirect to no address',
    (_, response) => response.writeHead(302, { location: 'http://' }).end(),
    /redirects to an invalid address/,
  ],
  ['to have nothing', (_, response) => response.writeHead(404).end('\u001b[2J'), /answers 404/],
];

export const serverCases: readonly HostileCase[] = [
  ...servers.map(
    ([tries, answer, contained]): HostileCase => ({
      kind: 'server',
      tries,
      contained,
      async run({ t, shop }) {
        const server = await webServer(t, { '/x': answer });
        const file = shop.at('x.part');
        const options = { signal: new AbortController().signal, bounds, retryDelayMs: 1 };
        const outcome = await said(() => downloadUrl(`${server.url}/x`, file, options));
        t.is(await readFile(file).catch(() => undefined), undefined, 'what is of no use is not left');
        return outcome;
      },
    }),
  ),
  {
    kind: 'server',
    tries: 'to turn https into http',
    contained: /from https to http/,
    run: () => said(() => redirection('https://example.org/linux.tar.xz', 'http://example.org/linux.tar.xz')),
  },
  ...(['a repository that says nothing', 'a repository that sends a byte now and then'] as const).map(
    (tries): HostileCase => ({
      kind: 'server',
      tries: `to keep git waiting, as ${tries}`,
      contained: /^HostError: cannot fetch from the git repository/,
      async run({ t, shop }) {
        const server = await webServer(t, {
          '/x.git/info/refs?service=git-upload-pack': (_, response) => {
            if (tries.endsWith('nothing')) return;
            const timer = setInterval(() => response.write('x'), 100);
            response.on('close', () => clearInterval(timer));
          },
        });
        const limits = { slowSeconds: 1, allMs: 20_000 };
        const { signal } = new AbortController();
        return said(() => resolveRemoteRef(shop.directory, `${server.url}/x.git`, 'main', signal, limits));
      },
    }),
  ),
];
