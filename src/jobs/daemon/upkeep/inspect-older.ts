import { DisplacedError, type Damage, type Log } from '../../../log/index.js';
import type { Talk } from '../../talk.js';

/** A look at the log's older segments, which goes on while the daemon works. */
export interface Inspection {
  /** Ends it, if it has not ended yet. */
  stop(): Promise<void>;
}

/** Looks whether older segments are there, and as long as they were. What is wrong is told before a reader meets it. */
export function inspectOlder(log: Log, onDamage: (damage: Damage) => void, talk: Talk): Inspection {
  const stopping = new AbortController();
  const ended = log.inspect(onDamage, stopping.signal).catch((error: unknown) => {
    // A folder that is not in its place is told of elsewhere.
    if (!(error instanceof DisplacedError)) talk.warn('the log can not be inspected', { error: String(error) });
  });
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
