/**
 * The same as `workOut`, worked out once for each object and left with it, unseen by who lists or copies it.
 *
 * Not in a `WeakMap`: when V8 sweeps its young generation it keeps the values of one, even those whose keys are gone. A
 * value that holds its key's content, as these do, would keep a whole run from being swept (docs/performance.md).
 */
export function workedOutOnce<Of extends object, Value>(workOut: (of: Of) => Value): (of: Of) => Value {
  const place = Symbol(workOut.name)
  return (of) => {
    const known = (of as { readonly [place]?: { readonly value: Value } })[place]
    if (known !== undefined) return known.value
    const value = workOut(of)
    Object.defineProperty(of, place, { value: { value } })
    return value
  }
}
