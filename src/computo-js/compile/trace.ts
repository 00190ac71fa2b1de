import { pointerTo, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { Evaluate } from './run.js';

/** What is reported for each call when it ends, innermost first. */
export interface TraceEvent {
  /** JSON Pointer of the call in the script. */
  readonly path: string;
  readonly operator: string;
  /** How many traced calls enclose this one. */
  readonly depth: number;
  /** The outcome: a value, or the error that the call raised or passed on. */
  readonly value?: Json;
  readonly error?: unknown;
}

export type TraceListener = (event: TraceEvent) => void;

/** A listener and the depth of the current call. */
export interface Trace {
  readonly listener: TraceListener;
  depth: number;
}

/** Wraps a call so that it is traced. */
export function traced(evaluate: Evaluate, operator: string, place: Place, trace: Trace): Evaluate {
  const path = pointerTo(place);
  return (run, scope) => {
    const { depth } = trace;
    trace.depth += 1;
    let value: Json;
    try {
      value = evaluate(run, scope);
    } catch (error) {
      trace.depth = depth;
      trace.listener({ path, operator, depth, error });
      throw error;
    }
    trace.depth = depth;
    trace.listener({ path, operator, depth, value });
    return value;
  };
}
