import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { isOfKconfig, readBuildLog, sandboxPlaces } from '../../../harness/make/index.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/builds');

for (const file of readdirSync(fixtures).filter((name) => name.endsWith('.log'))) {
  test(`the recorded build ${path.parse(file).name} is read as expected`, (t) => {
    const log = readFileSync(path.join(fixtures, file), 'utf8');
    const expected: unknown = JSON.parse(readFileSync(path.join(fixtures, file.replace('.log', '.json')), 'utf8'));
    const { made, findings } = readBuildLog(log, sandboxPlaces);
    const messages = findings.map((finding) => {
      const { severity, file: source, line, message, option, object } = finding.diagnostic;
      const place = [source, line].filter((part) => part !== undefined).join(':');
      return [isOfKconfig(finding) ? 'kconfig' : severity, place, message, option, object]
        .filter((part) => part !== undefined && part !== '')
        .join(' | ');
    });
    t.deepEqual({ made: made.size, messages }, expected);
  });
}
