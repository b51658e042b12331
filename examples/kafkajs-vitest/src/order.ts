export interface Order {
  readonly id: string
  readonly item: string
}

/** What the rest of the shop hears of. A consumer that sees an event id twice ignores the second. */
export interface OrderPlaced extends Order {
  readonly eventId: string
}
