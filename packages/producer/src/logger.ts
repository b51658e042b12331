/** Where warnings go. `console` is one. */
export interface Logger {
  warn(message: string): void
  error(message: string, cause?: unknown): void
}

export const silentLogger: Logger = { warn() {}, error() {} }
