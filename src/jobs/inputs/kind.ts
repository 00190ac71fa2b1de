import type { PathMaker, SourceInConfig, SourcePlan } from '../../config/kinds/index.js';
import type { Log, LogWorld } from '../../log/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { EventReader, FolderInput, Intake } from '../../server/index.js';
import type { Restored } from '../../sources/index.js';
import type { Talk } from '../talk.js';

/** Everything about a kind of source: how it is written and planned, and how a daemon stores its events. */
export interface SourceKind<Settings = unknown, Plan extends SourcePlan = SourcePlan> extends SourceInConfig<Settings> {
  plan(settings: Settings, make: PathMaker): Plan;
  together?(plans: readonly Plan[]): readonly Plan[];
  /** The source's name in messages. */
  nameOf(plan: Plan): string;
  /** Whether data that was read but not stored is lost, because the source can't be read again. */
  readonly once?: true;
  /** Whether it is read through the NATS server. */
  readonly needsNats?: true;
  /** Prepares the source before it is first read. */
  prepare?(plan: Plan): Promise<void>;
  /**
   * Stores the source's events until its end, or until the signal is aborted. Load heavy modules here: every command that reads a
   * config loads all kinds.
   */
  read(plan: Plan, place: IntakePlace): Promise<void>;
}

/** What is needed to store an input's events. */
export interface IntakePlace {
  readonly log: Log;
  /** Undefined: nothing needed a connection at the start, and subjects wait for the next start. */
  readonly link: NatsLink | undefined;
  readonly world: LogWorld;
  readonly talk: Talk;
  readonly signal: AbortSignal;
  readonly lineBytesMax: number;
  /** The settings that watched folders share. */
  readonly folders: Pick<FolderInput, 'ownFiles' | 'stateFolder' | 'home' | 'isSynced' | 'check'>;
  readonly intake: () => Intake;
  readonly newReader: () => EventReader;
  /** Called when the source currently can't be read. */
  readonly failing: (reason: string) => void;
  /** Called when the source can be read. */
  readonly reading: () => void;
  readonly restored: (restored: Restored) => void;
}
