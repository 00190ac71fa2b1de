/** Floor 4: where finished lines go. A new sink is a file here and a line below. */
export { SinkClosedError, SinkError, type Sink } from './sink.js';
export { parseFilePosition, type FilePosition, type PositionMark } from './file-position.js';
export { fileSink, type FileSink, type FileSinkOptions } from './file-sink.js';
export { outputState, type OutputState } from './output-state.js';
export { partNames } from './part-names.js';
export { natsSink, type Publication } from './nats-sink.js';
export { stdoutSink } from './stdout-sink.js';
