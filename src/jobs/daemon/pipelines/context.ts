import type { Damage, Log, LogWorld } from '../../../log/index.js';
import type { NatsLink } from '../../../nats/index.js';
import type { Tap } from '../../../pipeline/index.js';
import type { Metrics } from '../../../server/index.js';
import type { Sink } from '../../../sinks/index.js';
import type { Restored } from '../../../sources/index.js';
import type { Talk } from '../../talk.js';

/** What the pipelines of a daemon need from it. */
export interface PipelinesOptions {
  readonly log: Log;
  readonly world: LogWorld;
  /** The same world for the state folder: its disk can't be used while the folder is not in its place. */
  readonly stateWorld: LogWorld;
  readonly talk: Talk;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  readonly meter: Metrics['pipelines'];
  /** The names of the pipelines that this daemon has already run. */
  readonly begun: Set<string>;
  /** Called for every damaged place of the log. */
  readonly onDamage: (damage: Damage) => void;
  /** Called before each block of a pipeline; returns a tap if anybody is watching its events. */
  readonly tapOf: (pipeline: string) => Tap | undefined;
  /** The connection to NATS, if the config needs one and the server is available. */
  readonly link: NatsLink | undefined;
  /** Called when the server had lost a stream or consumer that we read from. */
  readonly onRestored: (restored: Restored) => void;
  /** Called when nobody reads standard output any more. */
  readonly onOutputClosed: () => void;
}
