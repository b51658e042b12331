interface PlaceInRun {
  /** Index of the run. */
  readonly run: number
  /** Only a stretch of it. */
  readonly view: { readonly fromMs: number; readonly toMs: number } | undefined
}

/** Where one is, as the address says it: `#3`, or `#3/120-180` for what lies between 120 and 180 ms. It can be sent to others. */
export class Place {
  private readonly runs: number

  constructor(runs: number) {
    this.runs = runs
  }

  read(): PlaceInRun {
    const [, run = '0', from, to] = /^#(\d+)(?:\/([\d.]+)-([\d.]+))?$/.exec(location.hash) ?? []
    const [fromMs, toMs] = [Number(from), Number(to)]
    return { run: Number(run) < this.runs ? Number(run) : 0, view: fromMs < toMs ? { fromMs, toMs } : undefined }
  }

  /** Does not count as going anywhere: the way back leads to the run before. */
  writeView(fromMs: number, toMs: number): void {
    const words = [fromMs, toMs].map((ms) => Number(ms.toFixed(3)))
    history.replaceState(null, '', `#${this.read().run}/${words.join('-')}`)
  }
}
