/** Facts for machines beside a message for people. `err` is where pino and its kin expect an error. */
export interface LogDetails {
  readonly clientId?: string
  readonly err?: unknown
  readonly [fact: string]: unknown
}

/**
 * Where warnings go: first the facts, then the message, as pino takes them; so pino is one, and `console` will do.
 * `info` and `debug` may be missing.
 */
export interface Logger {
  debug?(details: LogDetails, message: string): void
  info?(details: LogDetails, message: string): void
  warn(details: LogDetails, message: string): void
  error(details: LogDetails, message: string): void
}

export const silentLogger: Logger = { warn() {}, error() {} }
