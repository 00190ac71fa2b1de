import type { Pipelines } from './pipelines.js';

/**
 * The pipelines that run at this moment. They are opened anew when the config changes, and hand their outputs over when somebody
 * else needs them: one change after the other.
 */
export class RunningPipelines {
  #changes: Promise<unknown> = Promise.resolve();
  #isCutOff = false;

  private constructor(
    private readonly open: () => Promise<Pipelines>,
    private running: Pipelines,
  ) {}

  /** @param open makes them by the plan that is in force; its errors come through */
  static async start(open: () => Promise<Pipelines>): Promise<RunningPipelines> {
    const running = await open();
    running.start();
    return new RunningPipelines(open, running);
  }

  get now(): Pipelines {
    return this.running;
  }

  /** Makes a change when those before it are done. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changes.then(change);
    this.#changes = changed.catch(() => undefined);
    return changed;
  }

  /**
   * Within a turn: goes on by a changed plan.
   *
   * @param takeBack brings the former plan back into force, by which they go on when they can't be opened by the new one
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

  /** Ends the work after the changes that are under way: when all is done, or after the grace. */
  async drain(graceMs: number): Promise<void> {
    await this.#changes;
    if (this.#isCutOff) await this.running.abort();
    await this.running.drain(graceMs);
  }

  /** Cuts off what providers were asked, and lets them be asked no more. @returns the calls, for a person */
  async cutOff(): Promise<readonly string[]> {
    this.#isCutOff = true;
    return this.running.abort();
  }
}
