/** The worlds that scenarios run in. */
export const worldNames = ['simulated', 'tcp'] as const
export type WorldName = (typeof worldNames)[number]
