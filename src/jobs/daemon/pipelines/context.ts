import type { Damage, Log, LogWorld } from '../../../log/index.js';
import type { NatsLink } from '../../../nats/index.js';
import type { Tap } from '../../../pipeline/index.js';
import type { Metrics } from '../../../server/index.js';
import type { Sink } from '../../../sinks/index.js';
import type { Restored } from '../../../sources/index.js';
import type { Talk } from '../../talk.js';

/** What the pipelines of a daemon need of it. */
export interface PipelinesOptions {
  readonly log: Log;
  readonly world: LogWorld;
  /** The same, for what is kept in the state folder: nothing can be done there while that is not where it was. */
  readonly stateWorld: LogWorld;
  readonly talk: Talk;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  readonly meter: Metrics['pipelines'];
  /** The pipelines that this daemon has had at work, by name. */
  readonly begun: Set<string>;
  /** Told of every damaged place of the log. */
  readonly onDamage: (damage: Damage) => void;
  /** Asked before each block of a pipeline whether anybody wants to see its events on their way. */
  readonly tapOf: (pipeline: string) => Tap | undefined;
  /** The connection to NATS, where the config needs one and the server is there. */
  readonly link: NatsLink | undefined;
  /** The server had lost what we read from. */
  readonly onRestored: (restored: Restored) => void;
  /** Nobody reads standard output any more. */
  readonly onOutputClosed: () => void;
}
