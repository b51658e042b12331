/** From where to where a connection may go. An unlisted move is our mistake. */
export const connectionStates = {
  disconnected: ['connecting'],
  connecting: ['negotiating', 'disconnected'],
  negotiating: ['ready', 'disconnected'],
  ready: ['disconnected'],
} as const satisfies Record<string, readonly string[]>

export type ConnectionState = keyof typeof connectionStates

export function isAllowed(from: ConnectionState, to: ConnectionState): boolean {
  return (connectionStates[from] as readonly ConnectionState[]).includes(to)
}
