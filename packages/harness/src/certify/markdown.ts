import { areaOf, type Card, type CardRow, outcomeWords, runsWords, totalsLine } from './card.ts'

/** The card for a README or a wiki. */
export function markdownCard(card: Card): string {
  const told = card.rows.filter(({ outcome }) => outcome === 'broke' || outcome === 'differs')
  const lines = [
    `# ${card.subject}`,
    '',
    `${totalsLine(card)}. ${card.date}, harrow ${card.harness}, Node ${card.node}, ${card.platform}, ${runsWords(card)}.`,
    '',
    '```sh',
    card.command,
    '```',
    '',
    ...(card.note === undefined ? [] : [card.note.trim(), '']),
    '| scenario | outcome | law | what happened |',
    '|---|---|---|---|',
    ...card.rows.map(tableLine),
    '',
    ...told.flatMap(details),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function tableLine(row: CardRow): string {
  const { name, outcome, isStable, reason, breaks } = row
  const what = breaks[0]?.message ?? (outcome === 'not-applicable' ? (reason ?? '') : '')
  const shown = `${outcome === 'broke' ? '**broke**' : outcomeWords[outcome]}${isStable ? '' : ' (unstable)'}`
  const where = `${areaOf(row)}: ${name}`
  return `| ${[where, shown, breaks.map(({ law }) => law).join(', '), what].map(cell).join(' | ')} |`
}

function details(row: CardRow): string[] {
  const { name, file, why, breaks, timeline, runs, isStable, note, replay } = row
  return [
    `## ${name}`,
    '',
    `\`${file}\`${isStable ? '' : `, unstable: ${runs.map((one) => outcomeWords[one]).join(', ')}`}`,
    '',
    ...(why === undefined ? [] : [`> ${why.trim().replaceAll('\n', '\n> ')}`, '']),
    ...breaks.map(
      ({ law, message, more }) => `- **${law}**: ${plain(message)}${more > 0 ? ` (and ${more} more)` : ''}`,
    ),
    '',
    ...(note === undefined ? [] : [`Known: ${note.trim()}`, '']),
    '<details><summary>Evidence</summary>',
    '',
    '```',
    ...breaks.flatMap(({ law, evidence }) => evidence.map((line) => `${law}: ${line}`)),
    ...(timeline.length === 0 ? [] : ['', ...timeline]),
    '',
    replay,
    '```',
    '',
    '</details>',
    '',
  ]
}

function cell(text: string): string {
  return plain(text).slice(0, 220).replaceAll('|', '\\|')
}

/** One line, without what Markdown or HTML would take for its own. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('<', '&lt;')
}
