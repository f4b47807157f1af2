import { createHash, createHmac } from 'node:crypto'
import { STSClient } from '@aws-sdk/client-sts'
import { SignatureV4 } from '@smithy/signature-v4'

/** Who wants to be let into which cluster. */
export interface TokenRequest {
  readonly cluster: string
  readonly region: string
  /** Unset: AWS's own. */
  readonly endpoint?: string
}

export interface Token {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** EKS takes a token for 15 minutes, whatever its URL says; a minute less, as aws-iam-authenticator does for clocks that differ. */
const validMs = 14 * 60_000

/**
 * A token for an EKS cluster: a presigned STS GetCallerIdentity that names the cluster in a signed header. No call is made; the
 * credentials are those of the SDK's own chain. https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export async function mintToken({ cluster, region, endpoint }: TokenRequest, now = Date.now()): Promise<Token> {
  const client = new STSClient({ region, ...(endpoint ? { endpoint } : {}) })
  const { protocol, hostname, port } = new URL(endpoint ?? `https://sts.${region}.${dnsSuffix(region)}`)
  const signer = new SignatureV4({ credentials: client.config.credentials, region, service: 'sts', sha256: Sha256 })
  const headers = { host: port ? `${hostname}:${port}` : hostname, 'x-k8s-aws-id': cluster }
  const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' }
  const request = {
    method: 'GET',
    protocol,
    hostname,
    path: '/',
    query,
    headers,
    ...(port ? { port: Number(port) } : {}),
  }
  const signed = await signer.presign(request, {
    expiresIn: 60,
    signingDate: new Date(now),
    signableHeaders: new Set(Object.keys(headers)),
    unhoistableHeaders: new Set(['x-k8s-aws-id']),
  })
  client.destroy()
  const url = `${protocol}//${headers.host}/?${queryOf(signed.query ?? {})}`
  return { token: `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`, expiresAt: now + validMs }
}

const queryOf = (query: Readonly<Record<string, string | readonly string[] | null>>): string =>
  Object.entries(query)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value ?? ''))}`)
    .join('&')

const dnsSuffix = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com')

/** Node's own, in the form that the signer wants. */
class Sha256 {
  readonly #hash

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key))
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    throw new Error('a hash is used once')
  }
}

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Uint8Array =>
  typeof data === 'string'
    ? Buffer.from(data)
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
