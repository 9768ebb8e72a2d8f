/** Version of the run protocol. A runner that speaks another one is refused before any run. */
export const PROTOCOL_VERSION = 1;
