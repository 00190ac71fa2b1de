import { visible } from '../../config/diagnostic/index.js';
import { readStoredEvent } from '../../event/index.js';
import { stdoutPalette } from '../terminal/palette.js';

/**
 * Formats an event for a person at a terminal: the time, the pipeline, and the data, truncated to the terminal's width.
 *
 * @param columns of the terminal
 */
export function eventLine(columns: number): (line: string) => string {
  const { faint, place } = stdoutPalette();
  return (line) => {
    const event = readStoredEvent(line);
    if (event === undefined) return visible(line);
    const time = new Date(event.origin.timestamp).toISOString();
    const pipeline = visible(event.origin.pipeline);
    const room = Math.max(20, columns - time.length - pipeline.length - 2);
    // Long data is truncated first, because making all of it visible could take long.
    const shown = visible(event.data.slice(0, room + 1));
    const data = shown.length > room ? `${shown.slice(0, room - 1)}…` : shown;
    return `${faint(time)} ${place(pipeline)} ${data}`;
  };
}
