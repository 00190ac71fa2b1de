import type { Json, Span } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { SourceDocument } from '../source/index.js';

/** A script, and where it was written. */
export interface ScriptSource {
  /** Its name in messages: the name under `scripts`, its file, `-e`, or its place in the config. */
  readonly name: string;
  readonly script: Json;
  readonly origin: ScriptOrigin;
  /** Absent if the script was written as JSON or YAML. */
  readonly text?: ScriptText;
  /** Warnings about repeated keys and the like. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * The place of a script. If the script was written as JSON or YAML, `pointer` followed by a JSON Pointer into the script leads to
 * a place in `document`.
 */
export interface ScriptOrigin {
  readonly document: SourceDocument;
  readonly pointer: string;
}

/** A script in the text form. Offsets count UTF-16 code units. */
export interface ScriptText {
  readonly text: string;
  /** The spans of its parts in `text`. */
  readonly spans: Span;
  readonly hasComments: boolean;
  /** Converts an offset in `text` to one in the text of the document; absent if that is not possible. */
  readonly offsetOf?: (offset: number) => number;
}
