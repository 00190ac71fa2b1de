/** Runs actions one after the other, in the order in which they are given. One that fails does not keep the next from running. */
export function oneAtATime(): <T>(action: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const done = last.then(action);
    last = done.catch(() => undefined);
    return done;
  };
}
