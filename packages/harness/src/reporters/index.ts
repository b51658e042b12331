import { githubReporter } from './github.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { markdownReporter } from './markdown.ts'
import { prettyReporter } from './pretty.ts'
import { tapReporter } from './tap.ts'

export type { Reporter, ReporterOutput } from './reporter.ts'

/** Every reporter, by its name on the command line. */
export const reporters = {
  pretty: prettyReporter,
  json: jsonReporter,
  junit: junitReporter,
  tap: tapReporter,
  github: githubReporter,
  markdown: markdownReporter,
} as const

export type ReporterName = keyof typeof reporters
