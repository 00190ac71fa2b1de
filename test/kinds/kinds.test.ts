import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerKinds } from '../../src/ai/provider/kinds/index.js';
import { openai } from '../../src/ai/provider/openai.js';
import { KINDS } from '../../src/jobs/kinds/index.js';
import { run } from '../../src/cli/run/run.js';
import { replay } from '../../src/cli/replay/replay.js';
import { startIntakes } from '../../src/jobs/daemon/inputs/intakes.js';
import { sourceKinds } from '../../src/jobs/inputs/index.js';
import { resolveServe } from '../../src/cli/serve/resolve.js';
import { StateFolder } from '../../src/jobs/daemon/upkeep/state-folder.js';
import { openTalk } from '../../src/cli/serve/talk.js';
import { checkPaths, configJsonSchema } from '../../src/config/index.js';
import { Log, nodeWorld } from '../../src/log/index.js';
import { stageKinds } from '../../src/pipeline/index.js';
import { openMetrics } from '../../src/server/index.js';
import { outputKinds } from '../../src/sinks/kinds/index.js';
import { scratch } from '../support/cli.js';
import { until } from '../support/daemon.js';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider.js';
import { memory, written } from './toy-output.js';
import { spool } from './toy-source.js';
import { tag } from './toy-stage.js';

/** Each kind is one file, and one line where the others are named: here, these. */
const stages = stageKinds.names.join(', ');
let removers: readonly (() => void)[] = [];
beforeAll(() => {
  removers = [
    stageKinds.add(tag),
    outputKinds.add(memory),
    sourceKinds.add(spool),
    providerKinds.add({ ...openai, kind: 'toy', knows: (model) => model.startsWith('toy-') }),
  ];
});
// Other tests may run in this process.
afterAll(() => removers.forEach((remove) => remove()));

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider({ wire: 'openai' });
});
afterAll(() => fake.close());

function folderOf(config: string, events = ''): string {
  const folder = scratch();
  writeFileSync(join(folder, 'colloquium.yaml'), config);
  writeFileSync(join(folder, 'events.ndjson'), events);
  return folder;
}

const problems = async (config: string): Promise<readonly string[]> => {
  const file = join(folderOf(config), 'colloquium.yaml');
  const { diagnostics } = await checkPaths([file], { kinds: KINDS, env: {}, home: '/', isPriced: () => false });
  return diagnostics.map(({ code, message, hint }) => `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`);
};

describe('a kind that is added', () => {
  it('is known to check: its key, its scripts and what they make', async () => {
    expect(await problems('pipelines: { default: { stages: [{ tga: 1 }] } }')).toEqual([
      `invalid-value: pipelines.default.stages[0]: expected a stage: a map with the key ${stages} or tag, got a map (did you mean "tag"?)`,
    ]);
    expect(await problems('pipelines: { default: { stages: [{ tag: { with: [nope, 1] } }] } }')).toEqual([
      expect.stringMatching(/^unknown-operator: /),
    ]);
    const behind = (path: string): string =>
      `pipelines: { default: { stages: [{ tag: { with: { literal: "\${X}" } } }, { computo: [$input, ${path}] }] } }`;
    expect(await problems(behind('/tag'))).toEqual([]);
    expect(await problems(behind('/tog'))).toEqual([
      expect.stringMatching(/^missing-field: there can be no "\/tog": .*tag/),
    ]);
  });

  it('is in the JSON Schema of the config', () => {
    const text = JSON.stringify(configJsonSchema(KINDS));
    for (const key of ['"tag":', '"memory":', '"spool":', '"toy"']) expect(text).toContain(key);
  });

  it('runs: a stage, an output and a provider', async () => {
    const folder = folderOf(
      `state_dir: ./state
ai_providers: { toy: { base_url: "${fake.url}", api_key: "${fake.apiKey}" } }
pipelines:
  default:
    stages:
      - tag: { with: '"event " ++ /n', as: label }
      - ai: { request: '{model: "toy-1", messages: [{role: "user", content: /label}]}', into: /answer }
      - computo: '{label: /label, answer: /answer/response, n: /of/n}'
    outputs: [{ memory: run }]
`,
      '{"n":1}\n{"n":2}\n',
    );
    const flags = { config: join(folder, 'colloquium.yaml'), stats: 'text', progress: false, workers: 1 } as const;
    expect(await run([join(folder, 'events.ndjson')], flags, [])).toBe(0);
    expect(written.get('run')).toBe(
      '{"label":"event 1","answer":"EVENT 1","n":1}\n{"label":"event 2","answer":"EVENT 2","n":2}\n',
    );
    expect(fake.records).toHaveLength(2);
    expect(fake.deviations).toEqual([]);
  });

  it('feeds the log of a daemon, and is written to from there: a source, and an output', async () => {
    const folder = folderOf(
      `state_dir: ./state
sources: [{ spool: ./events.ndjson }]
pipelines:
  default:
    stages: [{ filter: [">", [$input, /n], 1] }, { tag: { with: [$input, /n] } }]
    outputs: [{ memory: stored }]
`,
      '{"n":1}\n{"n":2}\n{"n":3}\n',
    );
    const flags = { config: join(folder, 'colloquium.yaml'), stats: 'text', progress: false } as const;
    const plan = await resolveServe(flags);
    const world = nodeWorld();
    const log = await Log.open(world, plan.log);
    const tell = {
      talk: await openTalk(plan.logging),
      meter: (await openMetrics('0.0.0', sourceKinds.names, () => 0)).intakes,
      onRestored: () => undefined,
    };
    const start = log.end;
    const intakes = startIntakes(plan, log, undefined, world, new StateFolder(plan.stateFolder), tell);
    await until(async () => (await log.recordsBehind(start)) === 3, 'what the source gives');
    await intakes.stop();
    await log.close();

    expect(await replay({ ...flags, since: 0, toOutputs: true })).toBe(0);
    expect(written.get('stored')).toBe('{"tag":2,"of":{"n":2}}\n{"tag":3,"of":{"n":3}}\n');
  });
});
