/** How a webhook says no. */
export interface Refusal {
  readonly code: number
  readonly message: string
}

export function forbidden(message: string): Refusal {
  return { code: 403, message }
}
