import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

/** An issuer of bearer tokens on loopback: its document, its keys, and what it signs. */
export class TestIssuer {
  readonly url: string
  readonly #server: Server
  #keys: { readonly id: string; readonly privateKey: CryptoKey; readonly jwk: JWK }[] = []
  /** How often its keys were asked for. */
  asked = 0
  /** What it answers with; 503: it is ill. */
  status = 200

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  static async start(): Promise<TestIssuer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const issuer = new TestIssuer(server, `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
    server.on('request', ({ url }, answer) => {
      const keys = url === '/keys'
      if (keys) issuer.asked += 1
      const document = { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }
      const body = JSON.stringify(keys ? { keys: issuer.publicKeys } : document)
      answer.writeHead(issuer.status, { 'content-type': 'application/json', connection: 'close' }).end(body)
    })
    await issuer.rotate()
    return issuer
  }

  get publicKeys(): JWK[] {
    return this.#keys.map(({ jwk }) => jwk)
  }

  /** From now on there is one key, and it is another. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const id = `key-${Date.now()}-${Math.trunc(performance.now())}`
    this.#keys = [{ id, privateKey, jwk: { ...(await exportJWK(publicKey)), kid: id, alg: 'RS256', use: 'sig' } }]
  }

  /** A token as a CI system makes it; what is given replaces what is usual. */
  sign(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const [key] = this.#keys
    if (!key) throw new Error('no key')
    const now = Math.floor(Date.now() / 1000)
    const usual = {
      iss: this.url,
      aud: 'eks-cutover',
      sub: 'repo:acme/deploy:ref:refs/heads/main',
      iat: now,
      exp: now + 300,
    }
    const payload = Object.fromEntries(
      Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
    )
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: key.id }).sign(key.privateKey)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
