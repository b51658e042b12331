import { areaOf, type Card, type CardRow, cardOutcomes, outcomeWords, runsWords, totals, totalsLine } from './card.ts'

/** The card as one page that needs nothing else: no script from elsewhere, no font, no image. */
export function htmlCard(card: Card): string {
  const counts = totals(card)
  const total = card.rows.length
  const areas = [...new Set(card.rows.map(areaOf))]
  const bar = cardOutcomes
    .filter((outcome) => counts[outcome] > 0)
    .map(
      (outcome) =>
        `<span class="${outcome}" style="flex:${counts[outcome]}" title="${outcomeWords[outcome]}">${counts[outcome]}</span>`,
    )
    .join('')
  const filters = cardOutcomes
    .map(
      (outcome) =>
        `<label><input type="checkbox" checked value="${outcome}"> <b class="${outcome}">${counts[outcome]}</b> ${outcomeWords[outcome]}</label>`,
    )
    .join('')
  const body = areas
    .map(
      (area) =>
        `<h2>${escaped(area)}</h2>\n${card.rows
          .filter((row) => areaOf(row) === area)
          .map(rowHtml)
          .join('\n')}`,
    )
    .join('\n')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(card.subject)}: ${escaped(totalsLine(card))}</title>
<style>${style}</style>
<main>
<header>
<p class="kind">harrow report card</p>
<h1>${escaped(card.subject)}</h1>
<p>${escaped(`${card.date}, harrow ${card.harness}, Node ${card.node}, ${card.platform}, ${total} scenarios, ${runsWords(card)}`)}</p>
<div class="bar" role="img" aria-label="${escaped(totalsLine(card))}">${bar}</div>
<form>${filters}</form>
${card.note === undefined ? '' : `<div class="note">${paragraphs(card.note)}</div>`}
<pre>${escaped(card.command)}</pre>
</header>
${body}
<footer>
<p><b class="lived">Lived through</b>: every law and expectation that could be judged held. <b class="broke">Broke</b>: a record was
lost, doubled, changed, reordered, told wrongly or never told about, or the protocol was violated. <b class="differs">Differs</b>: every
record met a lawful end, but not as the scenario asks. <b class="not-applicable">Not applicable</b>: it cannot be asked of this
client; never counted as passed.</p>
</footer>
</main>
<script>
for (const box of document.querySelectorAll('form input')) box.onchange = () => {
  for (const row of document.querySelectorAll('details.' + box.value)) row.hidden = !box.checked
}
</script>
</html>
`
}

function rowHtml(row: CardRow): string {
  const {
    name,
    file,
    why,
    outcome,
    isStable,
    runs,
    reason,
    breaks,
    notJudged,
    timeline,
    records,
    requests,
    replay,
    note,
  } = row
  const unstable = isStable ? '' : ` <i>unstable: ${escaped(runs.map((one) => outcomeWords[one]).join(', '))}</i>`
  const headline = breaks[0] === undefined ? (reason ?? '') : `${breaks[0].law}: ${breaks[0].message}`
  const listed = breaks.map(
    ({ law, statement, message, evidence, more }) =>
      `<li><b class="law">${escaped(law)}</b> ${escaped(message)}${more > 0 ? ` <i>and ${more} more</i>` : ''}${
        statement === undefined ? '' : `<p class="dim">${escaped(statement)}</p>`
      }${evidence.length === 0 ? '' : `<pre>${escaped(evidence.join('\n'))}</pre>`}</li>`,
  )
  const parts = [
    why === undefined ? '' : `<p>${escaped(why)}</p>`,
    reason === undefined ? '' : `<p><b>Not applicable:</b> ${escaped(reason)}</p>`,
    listed.length === 0 ? '' : `<ul>${listed.join('')}</ul>`,
    note === undefined ? '' : `<p class="note"><b>Known:</b> ${escaped(note)}</p>`,
    timeline.length === 0
      ? ''
      : `<p class="dim">around the first violation</p><pre>${escaped(timeline.join('\n'))}</pre>`,
    notJudged.length === 0
      ? ''
      : `<p class="dim">Not judged: ${escaped(notJudged.map(({ law, why: because }) => `${law} (${because})`).join('; '))}</p>`,
    `<p class="dim">${escaped(file)}, ${records} records, ${requests} requests</p><pre>${escaped(replay)}</pre>`,
  ]
  return `<details class="${outcome}"><summary><span class="mark ${outcome}">${outcomeWords[outcome]}</span><span>${escaped(name)}${unstable}<br><small>${escaped(headline)}</small></span></summary>${parts.join('')}</details>`
}

/** What stands between empty lines, and each item of a list. */
function paragraphs(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n|\n(?=\s*\d+\. )/)
    .map((part) => `<p>${escaped(part)}</p>`)
    .join('')
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

const style = `
:root{color-scheme:light dark;--ink:#1c2024;--dim:#646b73;--paper:#fbfbfa;--line:#dcdedf;--code:#f0f1f2;
--lived:#1a7f45;--broke:#c02d2d;--differs:#a86a00;--na:#7d848b}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--dim:#9aa1a9;--paper:#15181b;--line:#30353a;--code:#1e2226;
--lived:#4cc07d;--broke:#f0716f;--differs:#e0a53f;--na:#8a9199}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:66rem;margin:0 auto;padding:2rem 1rem 4rem}h1{margin:0;font-size:1.9rem}h2{margin:2rem 0 .5rem;font-size:1.1rem}
.kind{margin:0;color:var(--dim);text-transform:uppercase;letter-spacing:.08em;font-size:.75rem}
.bar{display:flex;height:1.8rem;border-radius:6px;overflow:hidden;margin:1rem 0;gap:2px}
.bar span{color:#fff;font-weight:600;text-align:center;line-height:1.8rem;min-width:1.8rem}
.bar .lived{background:#1a7f45}.bar .broke{background:#c02d2d}.bar .differs{background:#a86a00}.bar .not-applicable{background:#7d848b}
form{display:flex;flex-wrap:wrap;gap:1.2rem}b.lived{color:var(--lived)}b.broke,.law{color:var(--broke)}b.differs{color:var(--differs)}b.not-applicable{color:var(--na)}
details{border-top:1px solid var(--line);padding:.5rem 0}details[open]{padding-bottom:1rem}
summary{display:grid;grid-template-columns:8rem 1fr;gap:1rem;cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}
summary:hover{background:var(--code)}
.mark{font-weight:600;font-size:.85rem}.mark.lived{color:var(--lived)}.mark.broke{color:var(--broke)}.mark.differs{color:var(--differs)}.mark.not-applicable{color:var(--na)}
small,.dim{color:var(--dim)}i{color:var(--differs)}details>p,details>ul,details>pre{margin-left:9rem}
pre{background:var(--code);padding:.6rem .8rem;border-radius:6px;overflow-x:auto;font:12.5px/1.45 ui-monospace,monospace}
.note{border-left:3px solid var(--differs);padding-left:.8rem}footer{margin-top:2rem;border-top:1px solid var(--line);color:var(--dim)}
@media(max-width:40rem){summary{grid-template-columns:1fr;gap:0}details>p,details>ul,details>pre{margin-left:0}}
`
