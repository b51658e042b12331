import { z } from 'zod'

/** Every producer of the scenario, as a step may call them. */
export const allProducers = 'all'

/** What may stand beside any step. */
export const stepQualifiers = {
  producer: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
      error: 'expected the name of a producer, or a list',
    })
    .optional()
    .describe(
      'Which of the `producers` does it: a name, a list of names, or `all`; several do it side by side. In `parallel` it is for all steps inside that name none. Default the default producer.',
    ),
} as const

/** A step as it is written, with what may stand beside it. */
export type QualifiedStep<Step> = Step & { readonly producer?: string | readonly string[] }

export function isStepQualifier(key: string): key is keyof typeof stepQualifiers {
  return Object.hasOwn(stepQualifiers, key)
}
