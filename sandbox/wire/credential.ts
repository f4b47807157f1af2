import { AwsError } from '../cloud/errors.ts'
import type { WireRequest } from './protocol.ts'

/** Who signed a request, and for what. The signature itself is not verified: every key is welcome. */
export interface Credential {
  readonly accessKeyId: string
  readonly region: string
  readonly service: string
}

const algorithm = 'AWS4-HMAC-SHA256'

const incomplete = (message: string): AwsError => new AwsError('IncompleteSignature', message, 403)

/** From the Authorization header, or from the query of a presigned request. */
export function credentialOf(request: WireRequest): Credential {
  const { authorization } = request.headers
  if (authorization !== undefined) return fromHeader(authorization, request)
  if (request.query.has('X-Amz-Algorithm') || request.query.has('X-Amz-Credential')) return fromQuery(request.query)
  throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
}

function fromHeader(authorization: string, { headers }: WireRequest): Credential {
  const [name = '', ...rest] = authorization.trim().split(/\s+/)
  if (name !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${name}'.`)
  const parts = rest.join('').split(',').filter(Boolean)
  const parameters = new Map(parts.map((part) => splitOnce(part, '=')))
  const problems = ['Credential', 'Signature', 'SignedHeaders']
    .filter((parameter) => !parameters.get(parameter))
    .map((parameter) => `Authorization header requires '${parameter}' parameter.`)
  if (headers['x-amz-date'] === undefined && headers['date'] === undefined) {
    problems.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
  }
  if (problems.length > 0) throw incomplete(problems.join(' '))
  return scopeOf(parameters.get('Credential') ?? '')
}

function fromQuery(query: URLSearchParams): Credential {
  const problems = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']
    .filter((parameter) => !query.get(parameter))
    .map((parameter) => `AWS query-string parameters must include '${parameter}'.`)
  if (problems.length > 0) throw incomplete(`${problems.join(' ')} Re-examine the query-string parameters.`)
  const name = query.get('X-Amz-Algorithm')
  if (name !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${name}'.`)
  return scopeOf(query.get('X-Amz-Credential') ?? '')
}

/** `AKID/20221201/ap-northeast-2/ec2/aws4_request` */
function scopeOf(credential: string): Credential {
  const [accessKeyId, date, region, service, term, ...more] = credential.split('/')
  if (!accessKeyId || !date || !region || !service || term !== 'aws4_request' || more.length > 0) {
    throw incomplete(
      'Credential must have exactly 5 slash-delimited elements, ' +
        `e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  }
  return { accessKeyId, region, service }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
