import type { Json, Span } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { SourceDocument } from '../source/index.js';

/** A script and where it was written. */
export interface ScriptSource {
  /** How messages name it: its name under `scripts`, its file, `-e`, or its place in the config. */
  readonly name: string;
  readonly script: Json;
  readonly origin: ScriptOrigin;
  /** Absent for a script that was written as JSON or YAML. */
  readonly text?: ScriptText;
  /** Repeated keys and the like. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * The place of a script. For one that was written as JSON or YAML, a JSON Pointer into the script, put behind `pointer`, leads
 * to a place in `document`.
 */
export interface ScriptOrigin {
  readonly document: SourceDocument;
  readonly pointer: string;
}

/** A script in the text form. Offsets count UTF-16 code units. */
export interface ScriptText {
  readonly text: string;
  /** Where its pieces stand in `text`. */
  readonly spans: Span;
  readonly hasComments: boolean;
  /** Turns an offset in `text` into one in the text of the document; absent where nobody can tell. */
  readonly offsetOf?: (offset: number) => number;
}
