/** Where all who share a server come to before it fails for all of them, once. */
export interface Meeting {
  /** For one of them: comes, and resolves when it is over; or comes no more. */
  join(): { at(strike: () => Promise<void>): Promise<void>; leave(): void }
}

export function meeting(parties: number): Meeting {
  const { promise, resolve } = Promise.withResolvers<void>()
  let awaited = parties
  let wanted: (() => Promise<void>) | undefined
  const arrive = () => {
    awaited -= 1
    if (awaited === 0 && wanted) resolve(wanted())
  }
  return {
    join() {
      let here = false
      const once = () => {
        if (!here) arrive()
        here = true
      }
      return {
        at(strike) {
          wanted ??= strike
          once()
          return promise
        },
        leave: once,
      }
    },
  }
}
