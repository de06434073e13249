import test from 'ava';
import { createMeter, downloadBounds, redirection } from '../../../../harness/host/fetch/bounds.ts';

test('a download that sends hardly anything is given up, one that keeps its pace is not', (t) => {
  const bounds = { bytes: 1000, slowest: { bytes: 10, ms: 100 } };
  const meter = createMeter(bounds, 0, 0);
  t.is(meter.problem(5, 50), undefined);
  t.is(meter.problem(10, 100), undefined);
  t.is(meter.problem(20, 205), undefined);
  t.regex(meter.problem(29, 310) ?? '', /too slowly: 9 bytes/);
  t.regex(createMeter(bounds, 0, 0).problem(1001, 1) ?? '', /larger than 1000 bytes/);
  t.true(downloadBounds.bytes > 2 ** 31, 'room for every source of a kernel');
});

test('https never becomes http, nor anything else', (t) => {
  t.deepEqual(redirection('https://a.example/x', '/y?z'), { url: 'https://a.example/y?z' });
  t.deepEqual(redirection('http://a.example/x', 'https://b.example/'), { url: 'https://b.example/' });
  t.deepEqual(redirection('http://a.example/x', 'http://b.example/y'), { url: 'http://b.example/y' });
  for (const to of [
    'http://a.example/x',
    '//a.example:80/x'.replace('//', 'http://'),
    'file:///etc/passwd',
    'ftp://a/x',
    'http://',
  ])
    t.true('refused' in redirection('https://a.example/x', to), to);
});
