/** A colour of the page's style by its name there. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Milliseconds as an axis shows them: `1.25 s`, `300 ms`. */
export function shownTime(ms: number): string {
  if (Math.abs(ms) >= 1000) return `${Number((ms / 1000).toFixed(3))} s`
  return `${Number(ms.toFixed(3))} ms`
}
