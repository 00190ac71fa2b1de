/** Positions in inputs: how far each was read, recognized later. Only runs with a checkpoint load this. */
export { placeOf, startMark, type InputMark } from './input-mark.js';
export { InputReached, placedBlocks, type PlacedInput } from './placed-blocks.js';
export { placedFile, type PlacedFile } from './placed-file.js';
export { StreamReader, type StreamState } from './stream-reader.js';
