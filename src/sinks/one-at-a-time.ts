/** Runs actions one after another, in order. A failed action does not prevent the next one. */
export function oneAtATime(): <T>(action: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const done = last.then(action);
    last = done.catch(() => undefined);
    return done;
  };
}
