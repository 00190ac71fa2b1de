/** Requests in batches: what runs and daemons share. */
export { NEAR_MS } from './batch-stage.js';
export { GATHERED_AT_ONCE, gatheringCalls, isMixed, type GatherRequest } from './gathering-calls.js';
export { pollInterval } from './poll-interval.js';
/** Runs whose requests go in batches: everything until their answers are in the journal. */
export { answerInBatches, type BatchesOutcome } from './answer-in-batches.js';
