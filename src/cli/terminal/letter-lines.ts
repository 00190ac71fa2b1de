/** What a line for a person takes from a dead letter. */
interface Letter {
  readonly error: { readonly message: string; readonly stage: string | null; readonly answer?: unknown };
  readonly source?: string;
  readonly line?: number;
}

/**
 * Dead letters as a person reads them on a terminal, a line each: `orders.ndjson:7: stage total: what is wrong`. The event can be
 * found again in its file. Where it can't, because it came from a pipe, or because an answer was paid for, the letter itself
 * follows.
 *
 * @param lines dead letters, as they are written to files
 */
export function letterLines(lines: string): string {
  return lines.replace(/.+/g, (line) => {
    const { error, source, line: number } = JSON.parse(line) as Letter;
    const place = source === undefined ? '' : `${source}${number === undefined ? '' : `:${number}`}: `;
    const stage = error.stage === null || error.stage.startsWith('-') ? '' : `stage ${error.stage}: `;
    const isThere = number !== undefined && source !== 'stdin' && error.answer === undefined;
    return `${place}${stage}${error.message}${isThere ? '' : `\n  ${line}`}`;
  });
}
