/** How this producer introduces itself (KIP-511). Brokers refuse anything but letters, digits, dots and dashes. */
export const software = { name: 'harrow', version: '0.1.0' } as const
