import type { FilePlan, OutputPlan, OutputTake } from '../../config/index.js';
import { Kinds } from '../../config/kinds/index.js';
import { file } from './file.js';
import type { Sink } from '../sink.js';
import type { OutputKind, OutputPlace } from './kind.js';
import { nats } from './nats.js';
import { stdout } from './stdout.js';

export type { OutputPlace } from './kind.js';

/** All kinds of outputs. A new one is a file, and a name here. */
export const outputKinds = new Kinds<OutputKind>([file, stdout, nats]);

/** What an output takes. NATS outputs take whole events, because messages are named by event ids. */
export function takeOf(output: OutputPlan): OutputTake {
  const { when, otherwise, envelope, format, columns, filesBy } = output;
  const isEnvelope = envelope || outputKinds.of(output).to === 'nats';
  return {
    envelope: isEnvelope,
    ...(when && { when }),
    ...(otherwise && { otherwise }),
    ...(format !== undefined && { format }),
    ...(columns && { columns }),
    ...(filesBy && { filesBy }),
  };
}

/** The file that an output writes to; undefined if it is not a file. */
export function fileOf(output: OutputPlan): FilePlan | undefined {
  const kind = outputKinds.of(output);
  return kind.to === 'file' ? kind.fileOf(output) : undefined;
}

/** Opens an output that is not a file and needs no server. */
export function openStream(output: OutputPlan, place: OutputPlace): Sink {
  const kind = outputKinds.of(output);
  if (kind.to !== 'stream') throw new TypeError(`${kind.kind} is no stream`);
  return kind.open(output, place);
}

export function goesToStdout(output: OutputPlan): boolean {
  const kind = outputKinds.of(output);
  return kind.to === 'stream' && kind.descriptor === STDOUT;
}

const STDOUT = 1;
