import type { Fields } from './object.ts'

export interface Cause {
  reason?: string
  message: string
  field?: string
}

interface Details {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: Cause[]
  retryAfterSeconds?: number
}

/** What a refusal is about: `deployments.apps "web"`. */
export interface Subject {
  group: string
  plural: string
  kind: string
}

/** A refusal in the API server's own words; `status` is the Status object that the client gets. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: Details | undefined

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.reason = reason
    this.details = details
  }

  get status(): Fields {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    }
  }
}

const qualified = ({ group, plural }: Subject): string => (group ? `${plural}.${group}` : plural)
const about = ({ group, plural }: Subject, name?: string): Details => ({
  ...(name && { name }),
  ...(group && { group }),
  kind: plural,
})

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message)

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized')

/** `what` is `path "/metrics"`, or a resource with its group and scope, in which case `subject` is that resource. */
export const forbiddenTo = (username: string, verb: string, what: string, subject?: Subject, name?: string) => {
  const object = subject ? `${qualified(subject)}${name ? ` "${name}"` : ''} is ` : ''
  const message = `${object}forbidden: User "${username}" cannot ${verb} ${what}`
  return new StatusError(403, 'Forbidden', message, subject ? about(subject, name) : {})
}

export const forbidden = (subject: Subject, name: string, message: string, causes?: Cause[]) =>
  new StatusError(403, 'Forbidden', `${qualified(subject)} "${name}" is forbidden: ${message}`, {
    ...about(subject, name),
    ...(causes && { causes }),
  })

export const notFound = (subject: Subject, name: string) =>
  new StatusError(404, 'NotFound', `${qualified(subject)} "${name}" not found`, about(subject, name))

/** For a resource or a subresource that its group does not have. */
export const resourceNotFound = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

/** A path of no group that is served, that of a custom resource without its definition among them. Answered as plain text. */
export class PathNotFound extends Error {
  constructor() {
    super('404 page not found')
  }
}

export const methodNotAllowed = (message = 'the server does not allow this method on the requested resource') =>
  new StatusError(405, 'MethodNotAllowed', message, {})

export const notAcceptable = () => new StatusError(406, 'NotAcceptable', '406: Not Acceptable', {})

export const alreadyExists = (subject: Subject, name: string) =>
  new StatusError(409, 'AlreadyExists', `${qualified(subject)} "${name}" already exists`, about(subject, name))

const conflict = (subject: Subject, name: string, why: string) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`,
    about(subject, name),
  )

/** A write that names another object of the same name, by its uid. */
export const otherUid = (subject: Subject, where: string, name: string, given: string, actual: string) =>
  conflict(
    subject,
    name,
    `StorageError: invalid object, Code: 4, Key: /registry/${subject.plural}/${where}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given}, UID in object meta: ${actual}`,
  )

/** A deletion that names another object, or another state of it, than there is. `what` is UID or ResourceVersion. */
export function failedPrecondition(
  { kind, group }: Subject,
  name: string,
  what: 'UID' | 'ResourceVersion',
  given: string,
  actual: string,
) {
  const since = what === 'UID' ? 'deleted and then recreated' : 'modified'
  const why = `the ${what} in the precondition (${given}) does not match the ${what} in record (${actual}). The object might have been ${since}`
  return conflict({ kind, group, plural: kind }, name, why)
}

/** A patch that cannot be carried out on the object as it is. */
export const unprocessable = () =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})

export const modified = (subject: Subject, name: string) =>
  conflict(subject, name, 'the object has been modified; please apply your changes to the latest version and try again')

export const applyConflict = (message: string, causes: Cause[]) => new StatusError(409, 'Conflict', message, { causes })

export const expired = (message: string) => new StatusError(410, 'Expired', message)

export const tooLarge = (limit: number) =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)

export const unsupportedMediaType = (accepted: string) =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  )

/** One thing that is wrong with an object, as `field.Error` of Kubernetes words it. */
export interface FieldError {
  type:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooMany'
  field: string
  message: string
}

export function invalid(subject: Subject, name: string, errors: FieldError[]): StatusError {
  const words = errors.map(({ field, message }) => `${field}: ${message}`)
  const list = words.length === 1 ? words.join('') : `[${words.join(', ')}]`
  const kind = subject.group ? `${subject.kind}.${subject.group}` : subject.kind
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    ...(name && { name }),
    ...(subject.group && { group: subject.group }),
    kind: subject.kind,
    causes: errors.map(({ type, field, message }) => ({ reason: type, message, field })),
  })
}

/** Custom resources are only updated by those who say which state they have seen. */
export const withoutRevision = (subject: Subject, name: string) =>
  invalid({ ...subject, kind: subject.plural }, name, [
    {
      type: 'FieldValueInvalid',
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0x0: must be specified for an update',
    },
  ])

export const internalError = (message: string) =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

export const futureRevision = (wanted: number, current: number) =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

export const required = (field: string, message = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  message: message ? `Required value: ${message}` : 'Required value',
})

export const invalidValue = (field: string, value: unknown, message: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${message}`,
})

export const notSupported = (field: string, value: unknown, supported: unknown[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
})

export const typeInvalid = (field: string, got: string, wanted: string): FieldError => ({
  type: 'FieldValueTypeInvalid',
  field,
  message: `Invalid value: "${got}": ${field} in body must be of type ${wanted}: "${got}"`,
})

export const tooMany = (field: string, count: number, limit: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  message: `Too many: ${count}: must have at most ${limit} items`,
})
