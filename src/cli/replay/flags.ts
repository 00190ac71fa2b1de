import type { ConfigFlags } from '../flags/find-config.js';

/** The options of `replay` as they were typed. */
export interface ReplayFlags extends ConfigFlags {
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly fromId?: string;
  readonly pipeline?: string;
  /** In the order in which they were typed. */
  readonly filter?: readonly string[];
  readonly raw?: true;
  readonly output?: string;
  readonly envelope?: true;
  /** The format of the output, and its columns. */
  readonly out?: string;
  readonly columns?: readonly string[];
  readonly rawOutput?: true;
  readonly deadLetter?: string;
  readonly deadLetters?: true;
  readonly toOutputs?: true;
  readonly live?: true;
  readonly maxCost?: string;
  readonly strict?: true;
  readonly limit?: number;
  /** True: as suits the terminal or the pipe. */
  readonly diff?: true | 'summary' | 'events' | 'json';
  readonly against?: string;
  readonly againstPipeline?: string;
  readonly sample?: number;
  readonly dryRun?: true;
  readonly stats: 'text' | 'json';
  readonly progress: boolean;
  readonly quiet?: true;
}
