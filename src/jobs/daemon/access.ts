import { isDeepStrictEqual } from 'node:util';
import {
  readToken,
  tokenFolderOf,
  TokenFileError,
  tokenIds,
  type AccessRules,
  type AuditTrail,
  type TokenRecord,
} from '../../server/access/index.js';
import { JobError } from '../job-error.js';
import type { ServePlan } from '../serve-plan.js';
import type { StateFolder } from './upkeep/state-folder.js';
import type { Talk } from '../talk.js';
import { reasonOf } from '../reason-of.js';

/** Decides who has access, by the current plan and the tokens that were created. */
export class DaemonAccess {
  #ids: readonly string[] | undefined;
  #tokens = new Map<string, TokenRecord>();
  /** Files that hold no token, and folders that can't be read: each is reported once. */
  readonly #told = new Set<string>();
  #rules: AccessRules | undefined;
  #rulesPlan: ServePlan | undefined;

  private constructor(
    private readonly plan: () => ServePlan,
    private readonly state: Pick<StateFolder, 'trouble'>,
    private readonly talk: Talk,
  ) {}

  /** @throws JobError when the tokens can't be read */
  static async open(plan: () => ServePlan, state: Pick<StateFolder, 'trouble'>, talk: Talk): Promise<DaemonAccess> {
    const access = new DaemonAccess(plan, state, talk);
    try {
      await access.#load(() => undefined);
      return access;
    } catch (error) {
      throw new JobError(`the tokens cannot be read: ${reasonOf(error)}`, 'failed');
    }
  }

  /** Called for each request, so it costs next to nothing while nothing changes. */
  rules(): AccessRules {
    const plan = this.plan();
    if (this.#rules === undefined || this.#rulesPlan !== plan) {
      const { openness, tokens } = plan.access;
      const asksNobody = tokens.length === 0 && this.#ids === undefined;
      this.#rules = { open: asksNobody ? openness : 'no', configured: tokens, created: this.#tokens };
      this.#rulesPlan = plan;
    }
    return this.#rules;
  }

  /** Picks up created and revoked tokens. If the tokens can't be read, everything stays as it was. */
  async refresh(): Promise<void> {
    try {
      await this.#load(({ id, name, role }, message) =>
        this.talk.info(message, { audit: 'token', token: id, name, role }),
      );
    } catch (error) {
      this.#reportOnce('the tokens cannot be read, and stay as they were', error);
    }
  }

  async #load(tell: (token: TokenRecord, message: string) => void): Promise<void> {
    const folder = tokenFolderOf(this.plan().stateFolder);
    const ids = await tokenIds(folder);
    // A missing folder does not mean that tokens were revoked: it must not let anybody in.
    if (this.state.trouble() !== undefined) return;
    if (isDeepStrictEqual(ids, this.#ids) && this.#tokens.size === (ids ?? []).length) return;
    const tokens = await this.#read(folder, ids ?? []);
    for (const token of tokens.values()) if (!this.#tokens.has(token.id)) tell(token, 'a token is valid now');
    for (const token of this.#tokens.values()) if (!tokens.has(token.id)) tell(token, 'a token is revoked');
    this.#ids = ids;
    this.#tokens = tokens;
    this.#rules = undefined;
  }

  async #read(folder: string, ids: readonly string[]): Promise<Map<string, TokenRecord>> {
    const tokens = new Map<string, TokenRecord>();
    for (const id of ids) {
      try {
        // A token file never changes.
        const token = this.#tokens.get(id) ?? (await readToken(folder, id));
        if (token !== undefined) tokens.set(id, token);
      } catch (error) {
        if (!(error instanceof TokenFileError)) throw error;
        this.#reportOnce('a token is not let in', error);
      }
    }
    return tokens;
  }

  #reportOnce(message: string, error: unknown): void {
    const reason = reasonOf(error);
    if (this.#told.has(reason) || this.#told.size >= 1000) return;
    this.#told.add(reason);
    this.talk.error(message, { error: reason });
  }
}

/** Writes access to the daemon's log: each line has the field `audit`. */
export function auditTrail(talk: Talk): AuditTrail {
  return {
    action: (entry) => talk.info('an admin acted', { audit: 'action', ...entry }),
    refused: (entry) => talk.warn('access refused', { audit: 'refused', ...entry }),
    refusedMore: (network, count) =>
      talk.warn('access refused so many more times within a minute', { audit: 'refused', network, count }),
  };
}
