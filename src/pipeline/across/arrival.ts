import type { Json } from 'computo-js';
import { contextOf, type StoredOrigin } from '../../event/index.js';
import { stringifyJson } from '../../json/index.js';
import type { Arrival, Made, Passing } from './across-stage.js';
import type { Codec } from './state-table.js';

/** Knows the origin of the event being processed. */
export interface LineOfEvent {
  readonly stored: StoredOrigin | undefined;
  readonly timestamp: number;
  /** Returns its origin, with a new id. */
  newOrigin(): StoredOrigin;
}

/** An event that comes in. Its origin is made on first access, because a new id costs more than most scripts. */
export class Incoming implements Arrival {
  #origin: StoredOrigin | undefined;

  constructor(
    private readonly line: LineOfEvent,
    readonly text: string,
  ) {
    this.#origin = line.stored;
  }

  /** Whether the line's event is like this one: new ones differ in nothing but the origin that they are given. */
  isLike(line: LineOfEvent): boolean {
    return this.line === line && this.#origin === undefined && line.stored === undefined;
  }

  /** Must first be read while its event is being processed. */
  get origin(): StoredOrigin {
    return (this.#origin ??= this.line.newOrigin());
  }

  get timestamp(): number {
    return this.#origin?.timestamp ?? this.line.timestamp;
  }
}

/** An event that was made of several; later stages see it like one that came in. */
export class Composed implements Arrival {
  /** @param behind returns the address of the stage that has made it, for a dead letter */
  constructor(
    private readonly made: Pick<Made, 'data' | 'last' | 'part'>,
    private readonly behind: () => string,
  ) {}

  get origin(): StoredOrigin {
    const { last, part = '' } = this.made;
    return { ...last.origin, id: last.origin.id + part, afterStage: this.behind() };
  }

  get timestamp(): number {
    return this.made.last.timestamp;
  }

  get text(): string {
    return stringifyJson(this.made.data);
  }
}

/** Returns an arrival that can be kept past the end of its block. */
export function lasting({ origin, text }: Arrival): Arrival {
  return { origin, text, timestamp: origin.timestamp };
}

/** The form of arrivals in a checkpoint. */
export const ARRIVAL: Codec<Arrival> = {
  toJson: ({ origin, text }) => [origin as unknown as Json, text],
  fromJson(json) {
    const [origin, text] = json as unknown as readonly [StoredOrigin, string];
    return { origin, text, timestamp: origin.timestamp };
  },
};

/** Starts a whole event on its way through the stages. @param needsContext whether scripts read its context */
export function settingOut(data: Json, arrival: Arrival, needsContext: boolean, key?: string): Passing {
  const event = { data, context: needsContext ? contextOf(arrival.origin) : null, arrival, part: '' };
  return key === undefined ? event : { ...event, key };
}

/** The id of an event, or of a part of one. */
export function idIn({ arrival, part }: Passing): string {
  return arrival.origin.id + part;
}

/** What scripts see as `$inputs/1` for an event, or for a part of one. */
export function contextIn({ arrival, part }: Passing): Json {
  const { origin } = arrival;
  return contextOf(part === '' ? origin : { ...origin, id: origin.id + part });
}
