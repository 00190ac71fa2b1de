/** Keeps a pipeline running through failures of its surroundings. */
export { openSinks, releaseOutputs, type FileOpener, type OpenSink, type OutputFinding } from './outputs.js';
export type { ProcessorState, ProcessorTalk } from './keep-going.js';
export { Processor, type Processing } from './processor.js';
export type { BlockTally, ProcessorReader } from './reader.js';
