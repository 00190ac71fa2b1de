import { readStoredEvent } from '../../pipeline/index.js';
import { stdoutPalette } from '../palette.js';

/**
 * An event for a person at a terminal: when, for which pipeline, and the data, cut at the terminal's width.
 *
 * @param columns of the terminal
 */
export function eventLine(columns: number): (line: string) => string {
  const { faint, place } = stdoutPalette();
  return (line) => {
    const event = readStoredEvent(line);
    if (event === undefined) return line;
    const time = new Date(event.origin.timestamp).toISOString();
    const { pipeline } = event.origin;
    const room = Math.max(20, columns - time.length - pipeline.length - 2);
    const data = event.data.length > room ? `${event.data.slice(0, room - 1)}…` : event.data;
    return `${faint(time)} ${place(pipeline)} ${data}`;
  };
}
