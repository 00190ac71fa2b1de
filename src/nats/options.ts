/** How to reach a NATS server: fully resolved, with secrets in plain text. */
export interface NatsOptions {
  /** `nats://host:port` or `tls://host:port`. Several URLs are members of one cluster. */
  readonly urls: readonly string[];
  /** Shown in the server's list of connections. */
  readonly name: string;
  /** The text of a `.creds` file. */
  readonly credentials?: string | undefined;
  /** The seed of an NKEY. */
  readonly nkey?: string | undefined;
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Paths of PEM files. */
  readonly tls?:
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined }
    | undefined;
}
