import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { outputsOf } from './across.js';
import { answerAfter, events, FOR_EVER, kindsAndNumbers, UNLIMITED } from './hanging.js';

it('a daemon with stages that look across events, killed and started again, writes what one does that nobody disturbs', async () => {
  const expected = await outputsOf([]);
  expect(expected.every((text) => text.length > 100)).toBe(true);
  expect(await outputsOf([1, 2, 7])).toEqual(expected);
});

it('an event that ends its worker takes nothing of what the stages know with it', async () => {
  const config = `processing: { event_timeout: 1s }
${UNLIMITED}
pipelines:
  default:
    stages:
      - fold: number
      - dedupe: /n
      - computo: '[/n, /number]'
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`.replace(
    '- dedupe: /n\n',
    `- dedupe: /n\n      - filter: ${answerAfter(FOR_EVER).replace('["$input","/n"],["$input","/n"]', 'true,true')}\n`,
  );
  const daemon = await startDaemon(config);
  const bad = [3, 40];
  await postLines(`${daemon.url}/events`, events(60, bad));
  await postLines(`${daemon.url}/events`, events(62, []));
  const path = join(daemon.cwd, 'out.ndjson');
  await until(() => existsSync(path) && readFileSync(path, 'utf8').includes('[61,'), 'all others are out');
  expect(await daemon.end()).toBe(0);
  expect(kindsAndNumbers(daemon.cwd)).toEqual(bad.map((n) => ['limit_exceeded', n]));
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const pairs = lines.map((line) => JSON.parse(line) as [number, number]);
  // The others are numbered as if these had never come, and when they come again they are no duplicates.
  const first = Array.from({ length: 60 }, (_, n) => n).filter((n) => !bad.includes(n));
  expect(pairs).toEqual([
    ...first.map((n, at) => [n, at + 1]),
    ...[...bad, 60, 61].map((n) => [n, first.length + n + 1]),
  ]);
});
