import { AsyncLocalStorage } from 'node:async_hooks';
import type { Json } from 'computo-js';

/** What a request is sent for. */
export interface CallOrigin {
  /** The row of the input, from 1. Events that a stage makes of several belong to the last of them. */
  readonly row: number;
  /** The row's data; null: it is not JSON. */
  readonly data: Json;
  /** The name of the stage, and its request as its script made it. */
  readonly stage?: string;
  readonly request?: Json;
  /** The model of requests that name none; absent: the stage has none. */
  readonly model?: string;
  /** Set if it asks for vectors. */
  readonly wantsVector?: true;
}

const origins = new AsyncLocalStorage<CallOrigin>();

/** Does something on behalf of a row or a call: every request that it sends has this origin. */
export function onBehalfOf<T>(origin: CallOrigin, act: () => T): T {
  return origins.run(origin, act);
}

/** The origin of what is being done now. */
export function currentOrigin(): CallOrigin {
  return origins.getStore() ?? { row: 0, data: null };
}
