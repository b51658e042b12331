import type { LogDetails, Logger } from '../logger.ts'

/** Warnings and errors for who gave no logger; the rest would be noise in somebody else's terminal. */
export const consoleLogger: Logger = {
  warn(details, message) {
    // biome-ignore lint/suspicious/noConsole: that is what it is for.
    console.warn(line(details, message))
  },
  error(details, message) {
    // biome-ignore lint/suspicious/noConsole: that is what it is for.
    if (details.err === undefined) console.error(line(details, message))
    // biome-ignore lint/suspicious/noConsole: that is what it is for.
    else console.error(line(details, message), details.err)
  },
}

function line({ clientId }: LogDetails, message: string): string {
  return clientId === undefined ? `kafka producer: ${message}` : `kafka producer ${clientId}: ${message}`
}
