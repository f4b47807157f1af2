import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** RFC 3986, as Signature Version 4 wants it. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (bare) => `%${bare.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Whether a presigned GET without a body carries the signature of this secret (Signature Version 4, query parameters).
 * `headers`: the values of the signed headers, by their names in lower case; one that is signed and missing here fails.
 */
export function isSignedBy(secret: string, url: URL, headers: Readonly<Record<string, string>>): boolean {
  const { searchParams: query } = url
  const [, ...scope] = (query.get('X-Amz-Credential') ?? '').split('/')
  const signed = (query.get('X-Amz-SignedHeaders') ?? '').split(';')
  const request = [
    'GET',
    url.pathname,
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    signed.join(';'),
    sha256(''),
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', query.get('X-Amz-Date') ?? '', scope.join('/'), sha256(request)].join('\n')
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`)
  const [wanted, given] = [hmac(key, text), Buffer.from(query.get('X-Amz-Signature') ?? '', 'hex')]
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
