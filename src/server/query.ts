import { HttpError } from './http-error.js';

/**
 * Returns a request's query parameters, each given at most once.
 *
 * @param known the valid parameters
 * @throws HttpError 400
 */
export function asTexts<Name extends string>(
  query: unknown,
  known: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const [name, value] of Object.entries(query as Readonly<Record<string, unknown>>)) {
    const parameter = known.find((one) => one === name);
    if (parameter === undefined)
      throw badQuery(`unknown parameter ${JSON.stringify(name.slice(0, 40))}: ${known.join(' and ')} are known`);
    if (typeof value !== 'string') throw badQuery(`${JSON.stringify(name.slice(0, 40))} is given more than once`);
    texts[parameter] = value;
  }
  return texts;
}

export function badQuery(message: string): HttpError {
  return new HttpError(400, 'Bad request', message);
}
