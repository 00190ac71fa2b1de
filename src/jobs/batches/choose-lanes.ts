import type { AiClient } from '../../ai/index.js';
import { recordsOf, type BatchStage, type BatchStages, type Needed } from './batch-stage.js';

export interface Chosen {
  /** The names of stages that turn out to have fewer requests than are worth a batch. */
  readonly tooFew: readonly string[];
  /** Batches of stages that can't choose yet, which are not sent until they have chosen. */
  readonly held: ReadonlySet<string>;
}

/**
 * Has stages choose their lane that may. A stage with enough requests for a batch chooses at once; one with fewer, as soon as no
 * batch holds a request of a stage before it, because its answer may bring another one. What the budget leaves for later counts.
 * Batches of a stage that goes live are withdrawn.
 *
 * @param full how many requests of each stage are in no batch, because the budget has no room for them
 */
export async function chooseLanes(
  client: AiClient,
  stages: BatchStages,
  needed: Needed,
  full: ReadonlyMap<BatchStage, number>,
): Promise<Chosen> {
  const records = await recordsOf(client, needed);
  const placesOut = records.map(({ id }) => needed.get(id)?.place ?? Infinity);
  const tooFew: string[] = [];
  const held = new Set<string>();
  for (const [name, stage] of stages) {
    if (stage.lane !== undefined) continue;
    const own = records.filter(({ id }) => needed.get(id) === stage);
    if (own.length === 0) continue;
    const { place, plan } = stage;
    const rowsMin = plan.rowsMin ?? 0;
    const rows = own.reduce((sum, record) => sum + record.rows, full.get(stage) ?? 0);
    // What is out there already brings its answers.
    if (rows >= rowsMin || own.some(({ state }) => state !== 'sealed')) {
      stage.lane = 'batch';
    } else if (placesOut.some((before) => before < place)) {
      for (const { id } of own) held.add(id);
    } else if (rows + fullBefore(place, full) >= rowsMin) {
      stage.lane = 'batch';
    } else {
      stage.lane = 'live';
      tooFew.push(name);
      for (const { id } of own) if (await client.batches.withdraw(id, 'not sent: too few requests')) needed.delete(id);
    }
  }
  return { tooFew, held };
}

/** Requests of earlier stages that wait for the budget alone: the batches of this one may be what they wait for. */
function fullBefore(place: number, full: ReadonlyMap<BatchStage, number>): number {
  return [...full].reduce((sum, [stage, count]) => (stage.place < place ? sum + count : sum), 0);
}
