import { pointerTo, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { Evaluate } from './run.js';

/** What is told of each call once it has ended, innermost first. */
export interface TraceEvent {
  /** JSON Pointer of the call in the script. */
  readonly path: string;
  readonly operator: string;
  /** How many traced calls are around this one. */
  readonly depth: number;
  /** What came of it: a value, or the error that it raised or let pass. */
  readonly value?: Json;
  readonly error?: unknown;
}

export type TraceListener = (event: TraceEvent) => void;

/** A listener and the depth of the call under way. */
export interface Trace {
  readonly listener: TraceListener;
  depth: number;
}

/** The same call, told of. */
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
