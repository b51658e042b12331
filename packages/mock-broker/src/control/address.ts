import { ControlError } from './route.ts'

/** A part of a path or query, as it was before it was encoded. */
export function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ControlError(400, `not an encoded address: ${text.slice(0, 40)}`)
  }
}
