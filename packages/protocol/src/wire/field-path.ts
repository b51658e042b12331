/** Where in a message a codec is: field names, and the indexes of array items. */
export type FieldPath = (string | number)[]

/** `['topics', 3, 'partitions', 0, 'errorCode']` reads `topics[3].partitions[0].errorCode`. */
export function formatFieldPath(path: FieldPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}
