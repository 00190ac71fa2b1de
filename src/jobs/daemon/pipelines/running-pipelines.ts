import type { Pipelines } from './pipelines.js';

/**
 * The pipelines that currently run. They are reopened when the config changes, and hand over their outputs on request: one change
 * at a time.
 */
export class RunningPipelines {
  #changes: Promise<unknown> = Promise.resolve();
  #isCutOff = false;

  private constructor(
    private readonly open: () => Promise<Pipelines>,
    private running: Pipelines,
  ) {}

  /** @param open opens them by the current plan; its errors are passed on */
  static async start(open: () => Promise<Pipelines>): Promise<RunningPipelines> {
    const running = await open();
    running.start();
    return new RunningPipelines(open, running);
  }

  get now(): Pipelines {
    return this.running;
  }

  /** Makes a change once the changes before it are done. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changes.then(change);
    this.#changes = changed.catch(() => undefined);
    return changed;
  }

  /**
   * Reopens the pipelines by the current plan. Call this within a turn.
   *
   * @param takeBack restores the former plan, with which the pipelines continue if they can't be opened by the new one
   */
  async renew(takeBack: () => void): Promise<void> {
    await this.running.drain(0);
    try {
      this.running = await this.open();
    } catch (error) {
      takeBack();
      this.running = await this.open();
      throw error;
    } finally {
      this.running.start();
    }
  }

  /** Ends the work after the pending changes: when everything is done, or after the grace period. */
  async drain(graceMs: number): Promise<void> {
    await this.#changes;
    if (this.#isCutOff) await this.running.abort();
    await this.running.drain(graceMs);
  }

  /** Cuts off pending AI calls, and allows no new ones. @returns the calls, as text for the user */
  async abortCalls(): Promise<readonly string[]> {
    this.#isCutOff = true;
    return this.running.abort();
  }
}
