import { readLimitHeaders, type LimitReport } from '../limit/index.js';
import { mediaOf } from '../request/index.js';
import { createTransport, TransportError, type HttpAnswer, type Transport } from '../transport/index.js';
import { tooMuch } from './answer-bounds.js';
import { AnswerModes, detailWords, MODELS_MAX, refusalOf, withSchemaAsText } from './answer-mode.js';
import { answerStream } from './answer-stream.js';
import type { AnswerMode } from '../schema/index.js';
import { withCacheMark } from './cache-mark.js';
import { callOptions } from './call-options.js';
import type { BatchWire } from './batch-wire.js';
import { readVectors, writeVectorRequest } from './embeddings.js';
import type { Wire } from './wire.js';
import { writeRequest, type Additions, type WrittenRequest } from './written-request.js';
import type {
  ApiKey,
  FailureCode,
  Outcome,
  Provider,
  ProviderBatches,
  ProviderFailure,
  ProviderOptions,
  ProviderRequest,
  ProviderResult,
  ProviderWorld,
} from './provider.js';
import { at, errorStatus, parsed, textAt } from './read-json.js';
import { answerMasks, masked, maskedFinish, type AnswerMask } from './masked.js';
import { createProviderBatches } from './provider-batches.js';
import { keysIn, revealed } from './revealed.js';
import { billingOfStatus, verdictOfStatus, WRONG_ADDRESS } from './verdict.js';

const MESSAGE_CHARACTERS_MAX = 500;
/** Headers by which a request asks for features that are new in its wire. */
const OWN_HEADERS = ['anthropic-beta'];

/** How a call is written. */
interface CallWriting {
  readonly apiKey: string;
  readonly isStreamed: boolean;
  readonly mode: AnswerMode | undefined;
  readonly additions: Additions;
}

/**
 * A provider whose wire format the AI SDK writes. We send the request and read its answer ourselves, see {@link writeRequest}.
 *
 * @throws RangeError if the options are invalid: no address, or no key where one is needed
 */
export function sdkProvider(wire: Wire, options: ProviderOptions, world: ProviderWorld): Provider {
  const address = options.baseUrl ?? wire.baseUrl;
  if (address === undefined)
    throw new RangeError(`AI provider ${options.name}: a provider of kind ${wire.kind} needs a base_url`);
  const baseUrl = new URL(address).href.replace(/\/+$/, '');
  if (wire.needsKey && options.apiKey === undefined)
    throw new RangeError(`AI provider ${options.name}: no api_key is configured`);
  const { name: provider, timeouts, standIn } = options;
  const real = (): Transport => createTransport(timeouts, world.after, undefined, options.network);
  const transport = standIn?.({ provider, bodies: wire.bodies, timeouts, after: world.after, real }) ?? real();
  // Another address may serve any model.
  const atVendor = baseUrl === wire.baseUrl;
  const answerModes = new AnswerModes(wire);
  const unstreamed = new Set<string>();
  const streamNoMore = (model: string): void => {
    if (unstreamed.size >= MODELS_MAX) unstreamed.clear();
    unstreamed.add(model);
  };

  /** @throws Error for a request that the library or the wire refuses */
  const writeCall = async (
    request: ProviderRequest,
    { apiKey, isStreamed, mode, additions }: CallWriting,
  ): Promise<WrittenRequest> => {
    refuseMedia(wire, request);
    const worded = withSchemaAsText(request, mode);
    const marked = wire.caches === 'marks' ? withCacheMark(worded) : worded;
    const asked = wire.adapt(callOptions(marked, mode), request, mode);
    return await writeRequest(
      (fetch) => wire.model({ baseUrl, apiKey, fetch }, request.model),
      (model) => (isStreamed ? model.doStream(asked) : model.doGenerate(asked)),
      additions,
    );
  };

  const call = async (
    request: ProviderRequest,
    signal: AbortSignal,
    name: string,
    configuredKey: ApiKey | undefined,
    maskFor: (apiKey: string) => AnswerMask,
  ): Promise<ProviderResult> => {
    const key = await revealed(configuredKey);
    if ('problem' in key) {
      const message = `${name}: no API key: ${key.problem}`;
      const outcome: Outcome = { kind: 'run-fatal' };
      return { ok: false, failure: { code: 'not_authorized', outcome, message, billing: 'none', limits: {} } };
    }
    const { apiKey } = key;
    const secrets = [apiKey, ...Object.values(options.headers ?? {}), ...Object.values(options.query ?? {})];
    const isForVectors = request.embedding !== undefined;
    const mode = isForVectors ? undefined : answerModes.of(request);
    const mask = maskFor(apiKey);
    const mayStream = transport.isPlain !== true && (request.stream ?? options.stream ?? true);
    const isStreamed = !isForVectors && mayStream && !unstreamed.has(request.model);
    const stream = isStreamed ? answerStream(wire.assembly(), wire.streamsMayLack.endMark) : undefined;
    const failed = (failure: ProviderFailure): ProviderResult => {
      const message = masked(`${name}: ${failure.message}`, secrets).slice(0, MESSAGE_CHARACTERS_MAX);
      const partial = stream === undefined ? '' : mask.text(wire.read(stream.body())?.text ?? '');
      return { ok: false, failure: { ...failure, message, ...(partial !== '' && { partial }) } };
    };
    let written: WrittenRequest;
    try {
      written = await write();
    } catch (error) {
      const outcome: Outcome = { kind: 'record-fatal', elsewhere: true };
      const message = error instanceof Error ? error.message : String(error);
      return failed({ code: 'unsupported_request', outcome, message, billing: 'none', limits: {} });
    }
    try {
      const answer = await transport.post(written.url.href, written.headers, written.body, signal, stream);
      const excess = tooMuch(answer.body, isForVectors);
      if (excess !== undefined) throw new TransportError('too-large', true, excess);
      const isUncached = request.cache !== undefined && wire.caches === undefined;
      const unknownCache = isUncached ? ['cache: no cache is known of it'] : [];
      return finished(answer, [...written.warnings.map(warningText), ...unknownCache]);
    } catch (error) {
      if (error instanceof TransportError) return failed(transportFailure(error));
      throw error;
    }

    /** @throws Error for a request that the library or the wire refuses */
    function write(): Promise<WrittenRequest> {
      const additions = { query: options.query, headers: options.headers, extra: request.extra };
      return isForVectors
        ? writeVectorRequest(wire.embeddings, { baseUrl, apiKey }, request, additions)
        : writeCall(request, { apiKey, isStreamed, mode, additions });
    }

    /** Handles a request whose way of binding its answer is not supported there, if there is another way. */
    function askedOtherwise(status: number, body: unknown): HttpFailure | undefined {
      const words = wire.errorText(body) ?? detailWords(body) ?? '';
      const scope = mode && refusalOf(status, words, mode);
      if (scope === undefined || mode === undefined || !answerModes.refuse(request, mode, scope)) return undefined;
      const message = `HTTP ${status}: ${words}; asked again without ${mode.mode}`;
      return { code: 'unsupported_request', outcome: { kind: 'ask-otherwise' }, message, status, billing: 'none' };
    }

    function finished(answer: HttpAnswer, warnings: readonly string[]): ProviderResult {
      const limits = readLimitHeaders(answer.headers, world.now());
      const requestId = answer.headers.get(wire.requestIdHeader) ?? undefined;
      const known = { limits, ...(requestId !== undefined && { requestId: mask.text(requestId) }) };
      const problem = answer.streamed ? stream?.problem() : undefined;
      const body = answer.streamed ? (stream?.error ?? stream?.body()) : parsed(answer.body);
      if (stream !== undefined && refusesStreams(answer)) {
        streamNoMore(request.model);
        const failure = httpFailure(wire, answer.status, answer, body, limits, world.now());
        return failed({ ...failure, code: 'unsupported_request', outcome: { kind: 'ask-otherwise' }, ...known });
      }
      const embedded = embeddedError(wire, answer, body);
      if (answer.status < 200 || answer.status > 299 || embedded !== undefined) {
        const status = embedded ?? answer.status;
        const failure = askedOtherwise(status, body) ?? httpFailure(wire, status, answer, body, limits, world.now());
        // It is unknown whether an error inside a successful answer was billed.
        return failed({ ...failure, ...known, ...(embedded !== undefined && { billing: 'unknown' }) });
      }
      const vectors = isForVectors ? readVectors(wire.embeddings, body, request.messages.length) : undefined;
      const reading = isForVectors ? vectors : wire.read(body);
      if (reading === undefined || problem !== undefined) {
        const message =
          problem ?? (body === undefined ? 'the answer is not JSON' : 'the answer has an unexpected structure');
        return failed({
          code: 'broken_answer',
          outcome: { kind: 'retry-now' },
          message,
          status: answer.status,
          billing: 'unknown',
          ...known,
        });
      }
      const { text, finish, model, tokens, rawUsage, reportedCost, otherTariff, parts } = reading;
      const responseId = textAt(body, 'id') ?? textAt(body, 'responseId');
      // Without streaming, its answers may include their usage.
      if (answer.streamed && rawUsage === null && wire.streamsMayLack.usage) streamNoMore(request.model);
      return {
        ok: true,
        answer: {
          text: mask.text(text),
          finish: maskedFinish(finish, mask),
          model: model === undefined ? request.model : mask.text(model),
          ...(responseId !== undefined && { responseId: mask.text(responseId) }),
          tokens,
          rawUsage: mask.json(rawUsage),
          warnings,
          ...(reportedCost !== undefined && { reportedCost }),
          ...(otherTariff !== undefined && { otherTariff }),
          ...(vectors !== undefined && { vectors: vectors.vectors }),
          ...(parts !== undefined && { parts: mask.json(parts) ?? {} }),
          ...known,
        },
      };
    }
  };

  const opened: ProviderBatches[] = [];
  const batchesOf = (batchWire: BatchWire, name: string, key: ApiKey | undefined): ProviderBatches => {
    const batches = createProviderBatches(
      batchWire,
      { options, baseUrl, name, key },
      {
        // The key goes with the batch, and query and headers with each of its HTTP requests.
        async write(request) {
          const additions = { extra: request.extra };
          const apiKey = 'none';
          const { url, headers, body } =
            request.embedding === undefined
              ? await writeCall(request, { apiKey, isStreamed: false, mode: answerModes.of(request), additions })
              : await writeVectorRequest(wire.embeddings, { baseUrl, apiKey }, request, additions);
          const own = OWN_HEADERS.flatMap((header) => {
            const value = headers.get(header);
            return value === null ? [] : [[header, value] as const];
          });
          return { endpoint: url.href.slice(baseUrl.length), body, headers: Object.fromEntries(own) };
        },
        read: (body) => (wire.choiceError?.(body) === undefined ? wire.read(body) : undefined),
        readVectors: (body, texts) => readVectors(wire.embeddings, body, texts),
      },
    );
    opened.push(batches);
    return batches;
  };

  const withKey = (key: ApiKey | undefined, shownName: string): Provider => {
    const maskFor = answerMasks([...keysIn(options.headers), ...keysIn(options.query)]);
    return {
      name: shownName,
      kind: wire.kind,
      baseUrl,
      vendor: wire.vendor(baseUrl),
      cacheRates: wire.cacheRates,
      telemetryName: wire.telemetryName,
      embeddings:
        wire.embeddings && (transport.isPlain === true ? { ...wire.embeddings, textsMax: 1 } : wire.embeddings),
      serves: (model) => options.models?.includes(model) ?? (!atVendor || wire.knows(model)),
      batches: wire.batches && batchesOf(wire.batches, shownName, key),
      call: (request, signal) => call(request, signal, shownName, key, maskFor),
      withKey,
      close() {
        transport.close();
        for (const batches of opened) batches.close();
      },
    };
  };
  return withKey(options.apiKey, options.name);
}

/** @throws Error for a part that its wire can't send */
function refuseMedia(wire: Wire, { messages }: ProviderRequest): void {
  for (const part of messages.flatMap(mediaOf)) {
    const reason = wire.refusesMedia?.(part);
    if (reason !== undefined) throw new Error(`${part.type} part: ${reason}`);
  }
}

/** Some servers know no streams, or not all that belongs to them; their errors say so in words or by the parameter's name. */
function refusesStreams({ status, body }: HttpAnswer): boolean {
  return [400, 422, 501].includes(status) && /\bstream(?:_options|ing|ed)?\b/i.test(body);
}

/** Some servers put an error into a 200 answer: its code is the status that counts. */
function embeddedError(wire: Wire, answer: HttpAnswer, body: unknown): number | undefined {
  const error = at(body, 'error');
  if (answer.status !== 200) return undefined;
  const inChoice = wire.choiceError?.(body);
  if (inChoice !== undefined) return inChoice;
  if (error === undefined || error === null || at(body, 'choices') !== undefined) return undefined;
  return errorStatus(error, 500);
}

type HttpFailure = Omit<ProviderFailure, 'limits' | 'requestId'>;

function httpFailure(
  wire: Wire,
  status: number,
  answer: HttpAnswer,
  body: unknown,
  limits: LimitReport,
  now: number,
): HttpFailure {
  // A provider reports unknown resources in JSON, by name: an HTML page, or FastAPI's word for any path, is not about a model.
  const isNowhere = status === 404 && (body === undefined || at(body, 'detail') === 'Not Found');
  const verdict = isNowhere
    ? WRONG_ADDRESS
    : (wire.classify(status, body, limits.retryAfterMs, now) ?? verdictOfStatus(status, limits.retryAfterMs));
  // The server knows best whether a retry makes sense.
  const noUse = answer.headers.get('x-should-retry') === 'false' && verdict.outcome.kind === 'retry-now';
  const outcome: Outcome = noUse ? { kind: 'record-fatal', elsewhere: true } : verdict.outcome;
  const words = wire.errorText(body) ?? (answer.body.slice(0, 200).trim() || 'no explanation');
  const hint = isNowhere ? ' (nothing is at this base_url: most end in /v1)' : '';
  const message = `HTTP ${status}: ${words}${hint}`;
  return { code: verdict.code, outcome, message, status, billing: billingOfStatus(status) };
}

function transportFailure(error: TransportError): ProviderFailure {
  const codes: Record<TransportError['fault'], FailureCode> = {
    unreachable: 'unreachable',
    timeout: 'timeout',
    reset: 'connection_lost',
    'too-large': 'broken_answer',
    aborted: 'aborted',
  };
  return {
    code: codes[error.fault],
    outcome: { kind: 'retry-now' },
    message: error.message,
    ...(error.lasting && { lasting: true }),
    billing: error.sent ? 'unknown' : 'none',
    limits: {},
  };
}

function warningText(warning: unknown): string {
  const [feature, details] = [at(warning, 'feature'), at(warning, 'details') ?? at(warning, 'message')];
  return [feature, details].filter((part) => typeof part === 'string').join(': ') || 'the request was changed';
}
