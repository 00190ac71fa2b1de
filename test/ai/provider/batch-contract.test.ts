import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realWorld } from '../../../src/ai/ai-world.js';
import { Spool } from '../../../src/ai/call/batch-spool.js';
import { fileContent, isSealedFile, KeyError, KeyRing } from '../../../src/crypt/index.js';
import {
  BatchFileError,
  BatchHttpError,
  createProvider,
  type BatchFile,
  type ProviderBatches,
} from '../../../src/ai/provider/index.js';
import { providerKinds } from '../../../src/ai/provider/kinds/index.js';
import { scratch } from '../../support/cli.js';
import type { BatchFault, BatchStep, FakeBatchOptions, RowFate } from '../../support/fake-batches.js';
import { fakeVector, startFakeProvider, type FakeProvider } from '../../support/fake-provider.js';

/**
 * `uploads`: it takes a file in advance. `isOpenai`: it has OpenAI's wire. `id`: the member of a result that carries its custom id.
 * `isGoogle`: one that is cancelled, or expires, has no results. `embedder`: a model of its vectors.
 */
interface Kind {
  readonly kind: 'openai' | 'openai-compatible' | 'anthropic' | 'google';
  readonly model: string;
  readonly embedder?: string;
  readonly uploads: boolean;
  readonly isOpenai: boolean;
  readonly isGoogle: boolean;
  readonly id: string;
}
const OPENAI = { uploads: true, isOpenai: true, isGoogle: false, id: 'custom_id' };
const KINDS: readonly Kind[] = [
  { kind: 'openai', model: 'gpt-4o-mini', embedder: 'text-embedding-3-small', ...OPENAI },
  { kind: 'openai-compatible', model: 'llama-3.1-8b', embedder: 'nomic-embed-text', ...OPENAI },
  {
    kind: 'anthropic',
    model: 'claude-3-haiku-20240307',
    uploads: false,
    isOpenai: false,
    isGoogle: false,
    id: 'custom_id',
  },
  {
    kind: 'google',
    model: 'gemini-2.5-flash',
    embedder: 'gemini-embedding-001',
    uploads: true,
    isOpenai: false,
    isGoogle: true,
    id: 'key',
  },
];
const LOST = { kind: 'lost', done: 0, results: [] };
/** Longer than any machine needs. */
const TIMEOUTS = { connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000, totalMs: 20_000 };
const TAG = 'c0123456789abcdef';
const OTHER = 'cfedcba9876543210';
type RemoteBatch = Awaited<ReturnType<ProviderBatches['poll']>>;
const NOBODY: ReadonlySet<string> = new Set();

interface Setup {
  readonly fake: FakeProvider;
  readonly batches: ProviderBatches;
  /** Writes a file of requests. */
  readonly file: (texts: readonly string[], tag?: string) => Promise<BatchFile>;
  /** Uploads and submits it. @returns its id there */
  readonly send: (texts: readonly string[], tag?: string) => Promise<string>;
  /** Looks until it runs no more. */
  readonly ended: (id: string) => Promise<RemoteBatch>;
  /** Downloads all results. @returns the file's lines */
  readonly results: (remote: RemoteBatch) => Promise<readonly string[]>;
}

const find = (batches: ProviderBatches, tag: string, since: number, known: ReadonlySet<string>, uploaded?: string) =>
  batches.find({ tag, since, known, uploaded });

it('is held by every kind of provider that has batches', () => {
  const able = providerKinds.names.filter((kind) => {
    const options = {
      name: 'mine',
      baseUrl: 'http://127.0.0.1:9/v1',
      apiKey: { reveal: () => 'k' },
      timeouts: TIMEOUTS,
    };
    return createProvider(kind, options, realWorld).batches !== undefined;
  });
  expect([...able].sort()).toEqual(KINDS.map(({ kind }) => kind).sort());
});

describe.each(KINDS)('batches of kind $kind', ({ kind, model, embedder, uploads, isOpenai, isGoogle, id: idKey }) => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.close();
  });

  async function setup(options: FakeBatchOptions = {}, key?: string): Promise<Setup> {
    const fake = await startFakeProvider({
      wire: kind,
      batches: Object.assign(options, { looks: options.looks ?? 0 }),
    });
    const apiKey = { reveal: () => key ?? fake.apiKey };
    const provider = createProvider(kind, { name: 'mine', baseUrl: fake.url, apiKey, timeouts: TIMEOUTS }, realWorld);
    const { batches } = provider;
    if (batches === undefined) throw new Error('it has no batches');
    open.push(batches, provider, fake);
    const folder = scratch();
    const made: Setup = {
      fake,
      batches,
      async file(texts, tag = TAG) {
        const written = await Promise.all(
          texts.map((content) =>
            batches.write({ model, messages: [{ role: 'user', content }], maxOutputTokens: 60_000, stream: false }),
          ),
        );
        const text = written.map((one, index) => `${batches.line(`${tag}_${index}_h`, one)}\n`).join('');
        const path = join(folder, `${tag}.jsonl`);
        writeFileSync(path, text);
        const { endpoint = '', headers = {} } = written[0] ?? {};
        return { path, bytes: Buffer.byteLength(text), tag, endpoint, headers };
      },
      async send(texts, tag) {
        const file = await made.file(texts, tag);
        return batches.submit(file, batches.needsUpload ? await batches.upload(file) : undefined);
      },
      async ended(id) {
        for (;;) {
          const remote = await batches.poll(id);
          if (remote.kind !== 'running') return remote;
        }
      },
      async results({ results }) {
        const path = join(folder, 'results.jsonl');
        for (const one of results) await batches.download(one, path);
        return results.length === 0
          ? []
          : readFileSync(path, 'utf8')
              .split('\n')
              .filter((line) => line !== '');
      },
    };
    return made;
  }

  const parsed = (line: string): unknown => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return undefined;
    }
  };

  /** The outcome of each line: its row and the answer's text, or its kind; undefined: it is no result. */
  async function outcomes(batches: ProviderBatches, lines: readonly string[]): Promise<unknown[]> {
    return Promise.all(
      lines.map(async (line) => {
        const read = batches.readLine(parsed(line));
        if (read === undefined) return undefined;
        const { result, customId } = read;
        if (result.kind === 'errored') return [customId, 'errored', result.lasting];
        if (result.kind !== 'answered') return [customId, result.kind];
        return [customId, (await batches.readAnswer(result.body, model, result.requestId))?.text];
      }),
    );
  }

  const id = (row: number, tag = TAG): string => `${tag}_${row}_h`;

  async function thrown(work: Promise<unknown>): Promise<BatchHttpError> {
    const error = await work.then(
      () => new Error('it succeeded'),
      (failure: unknown) => failure,
    );
    if (!(error instanceof BatchHttpError)) throw error;
    return error;
  }

  it('takes requests, and tells the answer of each, in whatever order they come', async () => {
    const { fake, batches, send, ended, results } = await setup({ looks: 2 });
    const texts = ['grüß Gott', 'a "quoted"\nline', '你好 \u2028 🙂'];
    const remote = await send(texts);
    expect(await batches.poll(remote)).toMatchObject({ kind: 'running', done: 0, results: [] });
    const done = await ended(remote);
    expect(done).toMatchObject({ kind: 'ended', done: 3 });
    // The fake reverses them.
    expect(await outcomes(batches, await results(done))).toEqual(
      [2, 1, 0].map((row) => [id(row), texts[row]?.toUpperCase()]),
    );
    expect(fake.batches.map(({ rows }) => rows.map(({ customId }) => customId))).toEqual([[0, 1, 2].map((n) => id(n))]);
    expect(fake.deviations).toEqual([]);
    expect(batches.needsUpload).toBe(uploads);
  });

  it('tells model, tokens and request id of an answer, and hides the key in it', async () => {
    const { fake, batches, send, ended, results } = await setup();
    const done = await ended(await send(['what is sk-fake?', 'tokens please']));
    const [line = ''] = await results(done);
    const read = batches.readLine(parsed(line));
    if (read?.result.kind !== 'answered') throw new Error('no answer');
    const answer = await batches.readAnswer(read.result.body, model, read.result.requestId);
    const usage = fake.records[1]?.usage;
    expect(answer).toMatchObject({ text: 'TOKENS PLEASE', tokens: { output: usage?.output } });
    expect(answer?.otherTariff).toBeUndefined();
    expect(answer?.requestId).toBe(isOpenai ? 'req' : undefined);
    expect(answer?.responseId).toBe('answer-1');
    const leaked = JSON.parse(JSON.stringify(read.result.body).replace('TOKENS PLEASE', fake.apiKey)) as unknown;
    expect(JSON.stringify(await batches.readAnswer(leaked, model, undefined))).not.toContain(fake.apiKey);
    for (const body of [undefined, null, 'text', {}, [], { error: { message: 'no' } }])
      expect(await batches.readAnswer(body, model, undefined)).toBeUndefined();
  });

  it('tells what became of each request', async () => {
    const fates: readonly RowFate[] = ['answered', 'errored', 'invalid', 'expired', 'cancelled', 'doubled', 'missing'];
    const { batches, fake, send, ended, results } = await setup({ fate: (row) => fates[row] ?? 'answered' });
    const told = await outcomes(batches, await results(await ended(await send(fates.map((fate) => fate)))));
    const sorted = told.map((one) => JSON.stringify(one)).sort();
    expect(sorted).toEqual(
      [
        [id(0), 'ANSWERED'],
        [id(1), 'errored', false],
        [id(2), 'errored', true],
        [id(3), 'expired'],
        [id(4), 'cancelled'],
        [id(5), 'DOUBLED'],
        [id(5), 'DOUBLED'],
      ].map((one) => JSON.stringify(one)),
    );
    // What was answered is billed, also if its line is missing; nothing else is.
    expect(fake.records.map(({ call }) => call.texts.at(-1)).sort()).toEqual(['answered', 'doubled', 'missing']);
  });

  it('takes no broken or strange line for a result, and a wrong id for what it is', async () => {
    const fates: readonly RowFate[] = ['broken', 'wrong-id', 'answered'];
    const { batches, send, ended, results } = await setup({ fate: (row) => fates[row] ?? 'answered' });
    const lines = await results(await ended(await send(['a', 'b', 'c'])));
    const told = await outcomes(batches, lines);
    expect(told.filter((one) => one === undefined)).toHaveLength(1);
    expect(told).toContainEqual([`${TAG}_1_Z`, 'B']);
    expect(told).toContainEqual([id(2), 'C']);
    for (const strange of [undefined, null, 1, 'x', [], {}, { [idKey]: 7 }, { result: {} }])
      expect(batches.readLine(strange)).toBeUndefined();
    for (const bare of [{ [idKey]: 'x' }, { [idKey]: 'x', result: null, response: null, error: null }])
      expect(batches.readLine(bare)).toMatchObject({ customId: 'x', result: { kind: 'errored', lasting: false } });
  });

  it('brings large results whole, and adds one file to the other', async () => {
    const texts = Array.from({ length: 300 }, (_, n) => `row ${n} ${'öx'.repeat(400)}`);
    const { fake, batches, send, ended, results } = await setup({
      fate: (row) => (row % 7 === 0 ? 'expired' : 'answered'),
    });
    const lines = await results(await ended(await send(texts)));
    const told = (await outcomes(batches, lines)) as readonly (readonly [string, string])[];
    expect(new Map(told)).toEqual(
      new Map(texts.map((text, row) => [id(row), row % 7 === 0 ? 'expired' : text.toUpperCase()])),
    );
    expect(fake.deviations).toEqual([]);
  });

  it('reads and writes encrypted files, and refuses one that is damaged before it sends anything', async () => {
    const keys = new KeyRing([randomBytes(32)]);
    const { batches, fake, file, ended } = await setup({ fate: (row) => (row === 1 ? 'expired' : 'answered') });
    const plain = await file(['quetzal', 'b', 'c'.repeat(12_000)]);
    const text = readFileSync(plain.path, 'utf8');
    const spool = await Spool.create(plain.path, keys);
    for (const line of text.trimEnd().split('\n')) await spool.add(line);
    await spool.close();
    const whole = readFileSync(plain.path);
    expect(whole.includes('quetzal')).toBe(false);
    const sealed: BatchFile = { ...plain, keys };
    const act = (one: BatchFile) => (uploads ? batches.upload(one) : batches.submit(one, undefined));
    for (const at of [200, whole.length - 100]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(plain.path, damaged);
      await expect(act(sealed)).rejects.toThrow(BatchFileError);
    }
    writeFileSync(plain.path, whole.subarray(0, -200));
    await expect(act(sealed)).rejects.toThrow(BatchFileError);
    expect([fake.batches, fake.deviations]).toEqual([[], []]);
    writeFileSync(plain.path, whole);
    const remote = await batches.submit(sealed, uploads ? await batches.upload(sealed) : undefined);
    const path = `${plain.path}.results`;
    for (const one of (await ended(remote)).results) await batches.download(one, path, keys);
    const stored = readFileSync(path);
    expect([isSealedFile(stored), stored.includes('QUETZAL')]).toEqual([true, false]);
    const content: Buffer[] = [];
    const refuse = (message: string): never => {
      throw new Error(message);
    };
    for await (const bytes of fileContent(path, keys, refuse)) content.push(bytes);
    const lines = Buffer.concat(content)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set((await outcomes(batches, lines)).map((one) => JSON.stringify(one)))).toEqual(
      new Set(
        [
          [id(0), 'QUETZAL'],
          [id(1), 'expired'],
          [id(2), 'C'.repeat(12_000)],
        ].map((one) => JSON.stringify(one)),
      ),
    );
    const other = new KeyRing([randomBytes(32)]);
    await expect(act({ ...sealed, keys: other })).rejects.toThrow(KeyError);
  });

  it('cancels, and brings what there is', async () => {
    const { batches, fake, send, ended, results } = await setup({ looks: Infinity });
    const remote = await send(['a', 'b']);
    expect((await batches.poll(remote)).kind).toBe('running');
    await batches.cancel(remote);
    // Twice does no harm.
    await batches.cancel(remote);
    const remoteEnd = await ended(remote);
    if (isGoogle) {
      expect(remoteEnd).toEqual({ ...LOST, message: expect.stringContaining('it was cancelled') as string });
      return;
    }
    expect(await outcomes(batches, await results(remoteEnd))).toEqual([
      [id(1), 'cancelled'],
      [id(0), 'cancelled'],
    ]);
    expect(fake.billed).toBe(0n);
  });

  it('tells one that expired', async () => {
    const { batches, send, ended, results } = await setup({ fails: () => 'expired' });
    const remoteEnd = await ended(await send(['a', 'b']));
    if (isGoogle) expect(remoteEnd).toEqual({ ...LOST, message: expect.stringContaining('it has expired') as string });
    else
      expect(await outcomes(batches, await results(remoteEnd))).toEqual([
        [id(1), 'expired'],
        [id(0), 'expired'],
      ]);
  });

  it.runIf(isGoogle)('reads the results that a batch without success has all the same', async () => {
    const answer = (state: string): BatchFault => {
      const batchStats = { requestCount: '2', successfulRequestCount: '1' };
      return { kind: 'json', body: { metadata: { state, batchStats, output: { responsesFile: 'files/out-0' } } } };
    };
    const states = ['BATCH_STATE_CANCELLED', 'JOB_STATE_EXPIRED', 'BATCH_STATE_FAILED'];
    const { send, ended } = await setup({
      faults: (step, n) => (step === 'poll' ? answer(states[n] ?? '') : undefined),
    });
    const remote = await send(['a', 'b']);
    for (const state of states)
      expect(await ended(remote), state).toMatchObject({ kind: 'ended', resultsMin: 1, results: [expect.anything()] });
  });

  const vectorRequest = (texts: readonly string[], dimensions = 4) => ({
    model: embedder ?? model,
    messages: texts.map((content) => ({ role: 'user' as const, content })),
    maxOutputTokens: 0,
    stream: false,
    embedding: { many: texts.length > 1, dimensions },
  });

  it('takes requests for vectors, as far as they go in its batches', async () => {
    const { batches } = await setup();
    const [one, two] = [vectorRequest(['a']), vectorRequest(['a', 'b'])];
    expect([batches.takes(one), batches.takes(two)]).toEqual([embedder !== undefined, isOpenai]);
    expect(batches.takes({ messages: two.messages })).toBe(true);
  });

  it.runIf(embedder !== undefined).each([false, true])('brings vectors, without usage: %s', async (tellsNoUsage) => {
    const { fake, batches, file, ended, results } = await setup({ tellsNoUsage });
    const texts = ['grüß Gott', 'b', 'c'];
    const written = await Promise.all(texts.map((text) => batches.write(vectorRequest([text]))));
    const plain = await file([]);
    const text = written.map((each, row) => `${batches.line(id(row), each)}\n`).join('');
    writeFileSync(plain.path, text);
    const { endpoint = '', headers = {} } = written[0] ?? {};
    const whole = { ...plain, bytes: Buffer.byteLength(text), endpoint, headers };
    const remote = await ended(await batches.submit(whole, uploads ? await batches.upload(whole) : undefined));
    const told = new Map<string, readonly [string, number | undefined]>();
    for (const line of await results(remote)) {
      const read = batches.readLine(parsed(line));
      if (read?.result.kind !== 'answered') throw new Error(line);
      const answer = await batches.readAnswer(read.result.body, embedder ?? '', undefined, { texts: 1, many: false });
      told.set(read.customId, [answer?.text ?? '', answer?.tokens?.input]);
    }
    expect(told).toEqual(
      new Map(
        texts.map((each, row) => {
          const { usage } = fake.records[row] ?? {};
          return [id(row), [JSON.stringify(fakeVector(each, 4)), tellsNoUsage ? undefined : usage?.input]];
        }),
      ),
    );
    expect(fake.deviations).toEqual([]);
  });

  describe('finds a batch whose submission was unclear', () => {
    const lost = (step: BatchStep, n: number): BatchFault | undefined =>
      step === 'submit' && n === 0 ? { kind: 'reset', done: true } : undefined;

    it('among others, over pages', async () => {
      const { batches, fake, send } = await setup({ faults: lost });
      expect(await thrown(send(['mine']))).toMatchObject({ sent: true, status: undefined, isTemporary: true });
      for (let n = 0; n < 5; n += 1) await send([`other ${n}`], `${OTHER.slice(0, -1)}${n + 1}`);
      const since = fake.batches[0]?.createdAt ?? 0;
      expect(await find(batches, TAG, since, NOBODY)).toEqual({ kind: 'found', id: fake.batches[0]?.id });
      expect(await find(batches, OTHER, since, NOBODY)).toEqual({ kind: 'absent' });
    });

    it('whose results begin with a long line', async () => {
      const { batches, fake, send, ended } = await setup({ faults: lost });
      await thrown(send(['x', 'long '.repeat(30_000)]));
      await ended(fake.batches[0]?.id ?? '');
      expect(await find(batches, TAG, 0, NOBODY)).toMatchObject({ kind: 'found' });
    });

    it('whose results begin with a broken line', async () => {
      const { batches, fake, send, ended } = await setup({
        faults: lost,
        fate: (row) => (row === 1 ? 'broken' : 'answered'),
      });
      await thrown(send(['x', 'y']));
      await ended(fake.batches[0]?.id ?? '');
      expect(await find(batches, TAG, 0, NOBODY)).toMatchObject({ kind: 'found' });
    });

    it('and never says that it is absent while it may be there', async () => {
      // An empty list of Google's is an empty object.
      const bodies: readonly unknown[] = [
        ...(kind === 'google' ? [] : [{}]),
        [],
        null,
        { data: null },
        { data: {} },
        { error: { message: 'busy' } },
      ];
      let n = 0;
      const faults = (step: BatchStep, count: number): BatchFault | undefined =>
        step === 'list' ? { kind: 'json', body: bodies[n++] } : lost(step, count);
      const { batches, send } = await setup({ faults });
      await thrown(send(['mine']));
      for (const body of bodies) {
        const finding = await find(batches, TAG, 0, NOBODY).catch((error: unknown) => {
          if (!(error instanceof BatchHttpError) || !error.isTemporary) throw error;
          return { kind: 'unsure' };
        });
        expect([body, finding.kind]).toEqual([body, 'unsure']);
      }
    });

    it('and says that it is absent if the provider never had it', async () => {
      const faults = (step: BatchStep): BatchFault | undefined =>
        step === 'submit' ? { kind: 'status', status: 503 } : undefined;
      const { batches, fake, send } = await setup({ faults });
      expect(await thrown(send(['mine']))).toMatchObject({ sent: true, status: 503, isTemporary: true });
      expect(await find(batches, TAG, 0, NOBODY)).toEqual({ kind: 'absent' });
      expect(fake.batches).toEqual([]);
    });

    it.skipIf(uploads)('and waits while one runs that may be the one, unless it is known', async () => {
      const { batches, fake, send } = await setup({ faults: lost, looks: Infinity });
      await thrown(send(['mine']));
      expect(await find(batches, TAG, 0, NOBODY)).toEqual({ kind: 'unsure' });
      expect(await find(batches, TAG, 0, new Set(fake.batches.map((batch) => batch.id)))).toEqual({ kind: 'absent' });
    });

    it.runIf(isOpenai)(
      'by its file, at a server that drops metadata, and is not certain at one that tells neither',
      async () => {
        let isBare = true;
        const options = {
          faults: lost,
          get isBare() {
            return isBare;
          },
        };
        const { batches, fake, send } = await setup(options);
        await thrown(send(['mine']));
        expect(await find(batches, TAG, 0, NOBODY)).toEqual({ kind: 'unsure' });
        const remote = fake.batches.map((batch) => batch.id);
        expect(await find(batches, TAG, 0, new Set(remote))).toEqual({ kind: 'absent' });
        expect(await find(batches, TAG, Date.now() + 3_600_000, NOBODY)).toEqual({ kind: 'absent' });
        isBare = false;
        expect(await find(batches, OTHER, 0, NOBODY)).toEqual({ kind: 'absent' });
        expect(await find(batches, OTHER, 0, NOBODY, 'file-0')).toEqual({ kind: 'found', id: remote[0] });
      },
    );

    it.runIf(uploads)('and does not take an earlier one of its tag for it that failed', async () => {
      const { batches, fake, send, ended } = await setup({ fails: (batch) => (batch === 0 ? 'failed' : undefined) });
      await ended(await send(['mine']));
      expect(await find(batches, TAG, 0, NOBODY)).toEqual({ kind: 'absent' });
      await send(['mine']);
      expect(await find(batches, TAG, 0, NOBODY)).toEqual({ kind: 'found', id: fake.batches[1]?.id });
    });
  });

  it.runIf(uploads)('tells a batch that was rejected from one that waits for others, or broke down', async () => {
    const { send, ended, fake } = await setup({ fails: (batch) => (batch === 0 ? 'failed' : 'full') });
    const failed = { done: 0, results: [], message: 'not taken' };
    expect(await ended(await send(['a']))).toEqual({ kind: 'failed', ...failed });
    expect(fake.billed).toBe(0n);
    const second = await ended(await send(['a']));
    if (isOpenai) expect(second).toEqual({ kind: 'full', ...failed });
    else expect(second).toEqual({ ...LOST, message: expect.stringContaining('it failed (broken down)') as string });
  });

  const steps = (['upload', 'submit', 'poll', 'download', 'cancel', 'list'] as const).filter(
    (step) => uploads || step !== 'upload',
  );
  const FAULTS: readonly (readonly [string, BatchFault, object])[] = [
    ['400', { kind: 'status', status: 400, message: 'bad sk-fake' }, { status: 400, sent: false, isTemporary: false }],
    ['401', { kind: 'status', status: 401 }, { status: 401, sent: false, isTemporary: false }],
    ['404', { kind: 'status', status: 404 }, { status: 404, sent: false, isTemporary: false }],
    ['413', { kind: 'status', status: 413 }, { status: 413, sent: false, isTemporary: false }],
    ['429', { kind: 'status', status: 429 }, { status: 429, sent: false, isTemporary: true }],
    ['500', { kind: 'status', status: 500 }, { status: 500, sent: true, isTemporary: true }],
    ['529', { kind: 'status', status: 529 }, { status: 529, sent: true, isTemporary: true }],
    ['reset before it', { kind: 'reset', done: false }, { status: undefined, sent: true, isTemporary: true }],
    ['reset behind it', { kind: 'reset', done: true }, { status: undefined, sent: true, isTemporary: true }],
    ['cut', { kind: 'cut' }, { status: undefined, sent: true, isTemporary: true }],
  ];
  it.each(steps.flatMap((step) => FAULTS.map(([name, fault, told]) => ({ step, name, fault, told }))))(
    'says what a fault means: $name at $step',
    async ({ step, fault, told }) => {
      let faulty = true;
      const { batches, fake, send, ended, results } = await setup({
        faults: (at) => (faulty && at === step ? fault : undefined),
      });
      const act = async (): Promise<unknown> => {
        switch (step) {
          case 'upload':
          case 'submit':
            return send(['a']);
          case 'poll':
            return batches.poll(await send(['a']));
          case 'download':
            return results(await ended(await send(['a'])));
          case 'cancel':
            return batches.cancel(await send(['a']));
          case 'list':
            return find(batches, TAG, 0, NOBODY);
        }
      };
      const error = await thrown(act());
      expect(error).toMatchObject(told);
      expect(error.message).toMatch(/^mine: (?:GET|POST) \//);
      expect(error.message).not.toContain(fake.apiKey);
      faulty = false;
      await act();
      expect(fake.deviations).toEqual([]);
    },
  );

  it('throws what a file lacks before it sends anything', async () => {
    const { batches, fake, file } = await setup();
    const whole = await file(['a', 'b']);
    const act = (one: BatchFile) => (uploads ? batches.upload(one) : batches.submit(one, undefined));
    await expect(act({ ...whole, path: `${whole.path}-gone` })).rejects.toThrow(BatchFileError);
    await expect(act({ ...whole, bytes: whole.bytes + 100 })).rejects.toThrow(BatchFileError);
    expect(fake.batches).toEqual([]);
    expect(fake.deviations).toEqual([]);
  });

  it('knows that nothing was sent if there was no connection', async () => {
    const { batches, fake, file } = await setup();
    const one = await file(['a']);
    await fake.close();
    expect(await thrown(batches.submit(one, uploads ? 'file-0' : undefined))).toMatchObject({
      sent: false,
      lasting: true,
      isTemporary: true,
    });
  });

  it('hides a key that was refused, and sends nothing without one', async () => {
    const { send, fake } = await setup({}, 'sk-wrong-0123456789');
    const error = await thrown(send(['a']));
    expect(error).toMatchObject({ status: 401, sent: false, isTemporary: false });
    expect(error.message).not.toContain('sk-wrong-0123456789');
    expect(fake.batches).toEqual([]);
  });
});
