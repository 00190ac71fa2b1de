import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

const pipeline = (level: string, format = 'json'): string => `
logging: { level: ${level}, format: ${format} }
pipelines:
  default:
    stages:
      - { name: large, filter: [">", ["$input", "/n"], 1] }
      - { name: double, computo: ["*", 2, ["$input", "/n"]] }
    outputs: [{ file: ./out/events.ndjson }]
    dead_letter: ./out/dead.ndjson
`;

const lines = (cwd: string, file: string): string[] =>
  existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').slice(0, -1) : [];

describe.concurrent('the log of a daemon', () => {
  it('follows an event by its id through all stages when asked to', async () => {
    const daemon = await startDaemon(pipeline('debug'));
    const { id } = (await (await post(`${daemon.url}/events`, { n: 3 })).json()) as { id: string };
    const filtered = (await (await post(`${daemon.url}/events`, { n: 1 })).json()) as { id: string };
    const failed = (await (await post(`${daemon.url}/events`, {})).json()) as { id: string };
    await daemon.end();
    const ways = (event: string): unknown[] =>
      daemon
        .said()
        .filter((line) => line['event'] === event)
        .map(({ msg, stage, outcome, kind }) => [msg, stage ?? outcome, ...(kind === undefined ? [] : [kind])]);
    expect(ways(id)).toEqual([
      ['a stage is done', 'large'],
      ['a stage is done', 'double'],
      ['an event is done', 'output'],
    ]);
    expect(ways(filtered.id)).toEqual([
      ['a stage is done', 'large'],
      ['an event is done', 'filtered'],
    ]);
    expect(ways(failed.id)).toEqual([
      ['a stage is done', 'large'],
      ['an event is done', 'large', 'invalid_argument'],
    ]);
  });

  it('tells of events that no output takes', async () => {
    const daemon = await startDaemon(
      'pipelines: { default: { routing_key: /level, outputs: [{ file: ./out.ndjson, when: info }] } }\n',
    );
    await postLines(`${daemon.url}/events`, '{"level":"info"}\n{"level":"debug"}\n{"level":"trace"}\n');
    await until(() => lines(daemon.cwd, 'out.ndjson').length === 1, 'one is out');
    await daemon.end();
    const lost = daemon.said().filter(({ msg }) => msg.startsWith('no output takes the routing key'));
    expect(lost.reduce((sum, { events }) => sum + Number(events), 0)).toBe(2);
    expect(lost[0]?.['hint']).toContain('otherwise: true');
  });

  it('tells the first of a flood, and how many there were', async () => {
    const daemon = await startDaemon(pipeline('debug'));
    await postLines(`${daemon.url}/events`, '{"n":5}\n'.repeat(500));
    await until(() => lines(daemon.cwd, 'out/events.ndjson').length === 500, 'the events are out');
    await daemon.end();
    expect(daemon.said().filter(({ msg }) => msg === 'an event is done')).toHaveLength(100);
    expect(daemon.said()).toContainEqual(
      expect.objectContaining({ msg: 'more of these were left out', what: 'events', count: 400 }),
    );
  });

  it('says nothing of events that go well, but that some failed', async () => {
    const daemon = await startDaemon(pipeline('info'));
    await postLines(`${daemon.url}/events`, '{"n":5}\n{}\n{"n":7}\n');
    await until(() => lines(daemon.cwd, 'out/dead.ndjson').length === 1, 'the dead letter is out');
    await daemon.end();
    const said = daemon.said().filter(({ level, msg }) => level === 'debug' || msg === 'events failed');
    expect(said).toMatchObject([
      { level: 'warn', pipeline: 'default', stage: 'large', kind: 'invalid_argument', events: 1 },
    ]);
  });
});
