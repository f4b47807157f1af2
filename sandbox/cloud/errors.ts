/** An error as AWS answers it. `code` and `message` are AWS's own words; the wire layer puts them into each protocol's form. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** Members of a modelled error shape beside `message`. */
  readonly fields: Record<string, unknown>

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.fields = fields
  }
}
