import type { PathMaker, SourceInConfig, SourcePlan } from '../../config/kinds/index.js';
import type { Log, LogWorld } from '../../log/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { EventReader, FolderInput, Intake } from '../../server/index.js';
import type { Restored } from '../../sources/index.js';
import type { Talk } from '../talk.js';

/** All that there is to a kind of source: how it is written and planned, and how a daemon stores what it gives. */
export interface SourceKind<Settings = unknown, Plan extends SourcePlan = SourcePlan> extends SourceInConfig<Settings> {
  plan(settings: Settings, make: PathMaker): Plan;
  together?(plans: readonly Plan[]): readonly Plan[];
  /** How people are told of it. */
  nameOf(plan: Plan): string;
  /** What was read of it and not stored is gone, and it is not read again. */
  readonly once?: true;
  /** It is read through the NATS server. */
  readonly needsNats?: true;
  /** What is done before it is read for the first time. */
  prepare?(plan: Plan): Promise<void>;
  /**
   * Stores what it gives, to its end, or until the signal is raised. Heavy things are to be loaded here: a kind is known to every
   * command that reads a config.
   */
  read(plan: Plan, place: IntakePlace): Promise<void>;
}

/** What an input is stored with. */
export interface IntakePlace {
  readonly log: Log;
  /** Undefined: there was nothing to connect for at the start, and subjects wait for the next. */
  readonly link: NatsLink | undefined;
  readonly world: LogWorld;
  readonly talk: Talk;
  readonly signal: AbortSignal;
  readonly lineBytesMax: number;
  /** What watched folders have in common. */
  readonly folders: Pick<FolderInput, 'ownFiles' | 'stateFolder' | 'home' | 'isSynced' | 'check'>;
  readonly intake: () => Intake;
  readonly newReader: () => EventReader;
  /** It can't be read at the moment. */
  readonly failing: (reason: string) => void;
  /** It can be read. */
  readonly reading: () => void;
  readonly restored: (restored: Restored) => void;
}
