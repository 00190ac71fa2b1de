/** Floor 4: where finished lines go. A new sink is a file here and a line below. */
export { SinkClosedError, SinkError, type Sink } from './sink.js';
export { fileSink, type FileSinkOptions } from './file-sink.js';
export { stdoutSink } from './stdout-sink.js';
