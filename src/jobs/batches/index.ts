/** Runs whose requests go in batches: everything until their answers are in the journal. */
export { answerInBatches, type BatchesOutcome } from './answer-in-batches.js';
