/** The switch point cannot be moved by us. Says which field of the inventory entry, why, and what to do. */
export class Refused extends Error {
  readonly field: string
  readonly reason: string
  readonly wayOut: string

  constructor(field: string, reason: string, wayOut: string) {
    super(`${field}: ${reason}. ${wayOut}`)
    this.name = 'Refused'
    this.field = field
    this.reason = reason
    this.wayOut = wayOut
  }
}
