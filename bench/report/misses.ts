/** Why targets are missed, or not measured, by hand: a reason is not a measurement. */
export const misses: readonly { readonly title: string; readonly text: string }[] = []
