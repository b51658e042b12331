import { type CardOutcome, type CardRow, outcomeWords } from './card.ts'

const paints: Readonly<Record<CardOutcome, number>> = { lived: 32, broke: 31, differs: 33, 'not-applicable': 2 }

/** One scenario on the terminal: a line, and what broke under it. */
export function rowText(row: CardRow, colour: boolean): string {
  const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const { outcome, name, isStable, runs, reason, breaks, note, replay } = row
  const unstable = isStable ? '' : paint(33, ` (unstable: ${runs.map((one) => outcomeWords[one]).join(', ')})`)
  const lines = [`${paint(paints[outcome], outcomeWords[outcome].padEnd(14))} ${name}${unstable}`]
  if (outcome === 'not-applicable') lines.push(paint(2, `    ${reason ?? ''}`))
  for (const { law, message, evidence, more } of breaks) {
    lines.push(`    ${paint(31, law)} ${message}${more > 0 ? paint(2, ` (and ${more} more)`) : ''}`)
    lines.push(...evidence.map((line) => paint(2, `      ${line}`)))
  }
  if (note !== undefined) lines.push(`    known: ${note}`)
  if (breaks.length > 0) lines.push(paint(2, `    ${replay}`))
  return `${lines.join('\n')}\n`
}
