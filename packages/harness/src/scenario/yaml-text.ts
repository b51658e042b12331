import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'

/** Something wrong with a YAML file, where an editor can jump to. Lines and columns count from 1. */
export interface Diagnostic {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export function diagnosticLine({ file, line, column, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}`
}

/** What is wrong with parsed YAML, by its path. `at`: whether the key or the value is to blame. */
export interface YamlIssue {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly at?: 'key' | 'value' | undefined
}

/** What a text says, in YAML 1.2 (`on` and `no` are words there), or everything that is wrong with it. `file` is only named in messages. */
export function parseYaml<Value>(
  text: string,
  file: string,
  parse: (input: unknown) => { readonly value: Value } | { readonly issues: readonly YamlIssue[] },
): { readonly value: Value } | { readonly diagnostics: readonly Diagnostic[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number, message: string): Diagnostic => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message }
  }
  const syntax = [...document.errors, ...document.warnings].map((error) => at(error.pos[0], firstLine(error.message)))
  if (syntax.length > 0) return { diagnostics: syntax }
  const parsed = parse(document.toJS({ maxAliasCount: 100 }))
  if ('value' in parsed) return parsed
  const diagnostics = parsed.issues.map((issue) => at(offsetOf(document.contents, issue), issue.message))
  return { diagnostics: diagnostics.sort((a, b) => a.line - b.line || a.column - b.column) }
}
/** Where the issue is in the text: its key or value, or, for something missing, the nearest thing around it that is there. */
function offsetOf(root: Node | null, { path, at }: YamlIssue): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
      if (pair === undefined) return offset
      const key = (pair.key as Node).range?.[0] ?? offset
      const value = (pair.value as Node | null)?.range?.[0] ?? key
      const isLast = depth === path.length - 1
      // Something missing inside a map is best shown at the key that the map belongs to, not at its first entry.
      offset = isLast && at === 'value' ? value : key
      node = pair.value
    } else {
      const item = (node as { readonly items?: readonly unknown[] } | null)?.items?.[part as number]
      if (item === undefined) return offset
      node = item
      offset = (item as Node | null)?.range?.[0] ?? offset
    }
  }
  return offset
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}
