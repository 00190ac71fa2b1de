/** Makes calls for rows until they are done or something stops it. Prints `row<TAB>kind<TAB>text` for each that is answered or failed. */
import { readFileSync, writeSync } from 'node:fs';
import { createAiClient, type CallResult, type LaneOptions } from '../../../src/ai/index.js';

/** What a worker is told, as JSON on its standard input. */
export interface WorkerTask {
  readonly folder: string;
  readonly providers: readonly (Omit<LaneOptions, 'apiKeys'> & { readonly key: string })[];
  readonly rows: readonly string[];
  readonly concurrency: number;
  readonly daily?: string;
  readonly maxTokens: number;
}

const task = JSON.parse(readFileSync(0, 'utf8')) as WorkerTask;
const client = await createAiClient({
  providers: task.providers.map(({ key, ...setup }) => ({ ...setup, apiKeys: [{ reveal: () => key }] })),
  store: { kind: 'lmdb', folder: task.folder },
  budget: { daily: task.daily },
});

const textOf = (response: unknown): string => (typeof response === 'string' ? response : JSON.stringify(response));

let next = 0;
let stop: CallResult | undefined;
const model = 'gpt-4o-mini';
await Promise.all(
  Array.from({ length: task.concurrency }, async () => {
    while (next < task.rows.length && stop === undefined) {
      const row = next++;
      const content = task.rows[row] ?? '';
      const result = await client.call(
        { model, messages: [{ role: 'user', content }] },
        {
          stage: 'ask',
          pipeline: 'default',
          identity: { event: String(row) },
          maxTokens: task.maxTokens,
          route: 'ordered',
        },
      );
      if (result.kind === 'stopped') stop = result;
      else
        writeSync(
          1,
          `${row}\t${result.kind}\t${result.kind === 'answered' ? textOf(result.response) : result.message}\n`,
        );
    }
  }),
);
await client.close();
if (stop?.kind === 'stopped') {
  writeSync(2, `${stop.reason}: ${stop.message}\n`);
  process.exitCode = 75;
}
