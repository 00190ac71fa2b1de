/** Floor 1: the connection to a NATS server, used for everything that machines share. */
export { closeWhenAway } from './close-when-away.js';
export { keepTrying, PATIENCE_MS } from './keep-trying.js';
export { connectNats, type LinkState, type NatsLink } from './link.js';
export { consumerTokenOf, textOfToken, tokenOf } from './names.js';
export type { NatsOptions } from './options.js';
export { partitionOf } from './partition.js';
export { ensureConsumer, ensureStream, isMissing, streamOf, type ConsumerOptions } from './streams.js';
export { NatsUnavailableError } from './unavailable-error.js';
