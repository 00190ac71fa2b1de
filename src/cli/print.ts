import { SinkClosedError, SinkError, stdoutSink, type Sink } from '../sinks/index.js';
import { EXIT } from './exit-codes.js';
import { UserError } from './user-error.js';

let stdout: Sink | undefined;

/**
 * Prints on stdout.
 *
 * @returns false when nobody reads it any more
 * @throws UserError when it can't be written
 */
export async function print(text: string): Promise<boolean> {
  stdout ??= stdoutSink();
  try {
    await stdout.write(Buffer.from(text));
    return true;
  } catch (error) {
    if (error instanceof SinkClosedError) return false;
    if (error instanceof SinkError) throw new UserError(error.message, EXIT.dataError);
    throw error;
  }
}
