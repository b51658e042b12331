/** What all parts of the page look at: the stretch of time in view, and one moment that was clicked on. */
export class ChosenMoment {
  fromMs: number
  toMs: number
  atMs: number | undefined
  private readonly listeners: (() => void)[] = []

  constructor(endMs: number, view: { readonly fromMs: number; readonly toMs: number } = { fromMs: 0, toMs: endMs }) {
    this.fromMs = view.fromMs
    this.toMs = view.toMs
  }

  view(fromMs: number, toMs: number): void {
    if (fromMs === this.fromMs && toMs === this.toMs) return
    this.fromMs = fromMs
    this.toMs = toMs
    this.tell()
  }

  choose(atMs: number | undefined): void {
    this.atMs = atMs
    this.tell()
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
