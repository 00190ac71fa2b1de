import { SinkClosedError, stdoutSink, type Sink } from '../../sinks/index.js';

let stdout: Sink | undefined;

/**
 * Prints on stdout.
 *
 * @returns false if nobody reads it any more
 * @throws SinkError if it can't be written
 */
export async function print(text: string): Promise<boolean> {
  stdout ??= stdoutSink();
  try {
    await stdout.write(Buffer.from(text));
    return true;
  } catch (error) {
    if (error instanceof SinkClosedError) return false;
    throw error;
  }
}
