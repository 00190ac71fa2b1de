/** Something that others wait for until it is opened. */
export interface Gate {
  /** Resolves once it is open. */
  readonly opened: Promise<void>;
  open(): void;
}

export function closedGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
