import { reportPage } from './page.ts'
import { nothing } from './report-run.ts'
import type { ReportedRun, RunSummary } from './reported-run.ts'

/** Of runs that passed; those that failed are kept whole, however many there are. */
const passedBytesMax = 24_000_000
const failedBytesMax = 96_000_000

export interface PageRun {
  readonly summary: RunSummary
  /** JSON of the ReportedRun. */
  readonly json: string
}

/**
 * Collects the runs of one page, as text, so that a long run of many scenarios does not hold their histories. A run
 * beyond the limit is kept without what happened in it, and says so.
 */
export class RunReport {
  private readonly collected: PageRun[] = []
  private passedBytes = 0
  private failedBytes = 0

  add(run: ReportedRun): void {
    const { name, file, world, outcome } = run
    let json = JSON.stringify(run)
    const hasFailed = outcome === 'failed'
    const bytes = hasFailed ? this.failedBytes : this.passedBytes
    if (bytes + json.length > (hasFailed ? failedBytesMax : passedBytesMax)) json = JSON.stringify(withoutEvents(run))
    if (hasFailed) this.failedBytes += json.length
    else this.passedBytes += json.length
    this.collected.push({ summary: { name, world, outcome, ...(file === undefined ? {} : { file }) }, json })
  }

  /** The page as it is to be written to a file. */
  page(version: string): string {
    const madeAt = new Date().toISOString().slice(0, 16).replace('T', ' ')
    return reportPage(this.runs, { version, madeAt: `${madeAt} UTC` })
  }

  /** Failed first, then passed, then skipped; each in the order they ran. */
  get runs(): readonly PageRun[] {
    const rank = { failed: 0, passed: 1, skipped: 2 }
    return this.collected.toSorted((a, b) => rank[a.summary.outcome] - rank[b.summary.outcome])
  }
}

function withoutEvents(run: ReportedRun): ReportedRun {
  const cut = ['The page was full: what happened in this run is not in it. Run it alone to see that.']
  return { ...run, ...nothing, endMs: run.endMs, faults: run.faults, cut }
}
