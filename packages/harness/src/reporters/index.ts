import { jsonReporter } from './json.ts'
import { prettyReporter } from './pretty.ts'

export type { Reporter, ReporterOutput } from './reporter.ts'

/** Every reporter, by its name on the command line. */
export const reporters = { pretty: prettyReporter, json: jsonReporter } as const

export type ReporterName = keyof typeof reporters
