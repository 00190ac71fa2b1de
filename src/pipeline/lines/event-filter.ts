import { readStoredEvent } from '../../event/index.js';
import { mayLosePrecision } from '../../json/index.js';
import { EventFailure } from '../failure.js';
import { readLine, type LineLimits } from './read-line.js';
import type { StagePlan } from '../../config/index.js';
import type { OpenTables } from '../../config/kinds/index.js';
import { compileStage, FILTERED } from '../stages/index.js';

/** The result of a filter for a stored event: it passes, it does not, or the script fails, and why. */
export type FilterAnswer = boolean | { readonly message: string };

/** Filter stages, and the tables that they use. */
export interface FilterStages {
  readonly stages: readonly StagePlan[];
  readonly tables?: OpenTables;
}

/**
 * Compiles filter stages on their own, for stored events that are to stay unchanged.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function eventFilter({ stages, tables }: FilterStages, limits: LineLimits): (line: string) => FilterAnswer {
  const filters = stages.map((stage) => compileStage(stage, { tables }));
  return (line) => {
    const event = readStoredEvent(line);
    if (event === undefined) return false;
    const { id, timestamp, source, pipeline, retryCount, routingKey } = event.origin;
    const context = { source, pipeline, retry_count: retryCount, event_id: id, timestamp };
    try {
      const data = readLine(event.data, mayLosePrecision(event.data), limits);
      const whole = routingKey === undefined ? context : { ...context, routing_key: routingKey };
      return filters.every((filter) => filter.run(data, whole) !== FILTERED);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      return { message: error.at === undefined ? error.message : `${error.message} (at ${error.at})` };
    }
  };
}
