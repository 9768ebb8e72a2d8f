/** What attempts inside a container aim at; passed to it as JSON. */
export interface Targets {
  /** An address of this machine at which containers of a bridge reach it. */
  readonly host: string;
  /** TCP on every address of this machine. */
  readonly port: number;
  /** TCP on 127.0.0.1 alone. */
  readonly loopbackPort: number;
  /** Of another container, on the engine's usual network. TCP at port 80. */
  readonly neighbour: string;
  /** UDP on every address. */
  readonly udpPort: number;
  /** What the canaries answer. */
  readonly secret: string;
}

/** One attempt to get out. */
export interface Attempt {
  readonly name: string;
  /** Whether it has reached something outside the container. */
  readonly isThrough: boolean;
  /** What came of it, cut. */
  readonly said: string;
}
