import { request } from 'node:http'
import type { Socket } from 'node:net'

/**
 * A connection to `host:port` through an HTTP forward proxy (CONNECT, RFC 9110 §9.3.6). Node's own support for proxies does not
 * allow a Host header other than the URL's, and probes of front doors need that.
 */
export function tunnel(proxy: string, host: string, port: number, timeoutMs: number): Promise<Socket> {
  const authority = `${host}:${port}`
  return new Promise((resolve, reject) => {
    const asked = request(proxy, { method: 'CONNECT', path: authority, headers: { host: authority }, agent: false })
    asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`the proxy did not answer within ${timeoutMs / 1000} s`)))
    asked.on('error', reject)
    asked.on('response', (answer) => {
      answer.resume()
      reject(new Error(`the proxy answered ${answer.statusCode} to CONNECT ${authority}`))
    })
    asked.on('connect', (answer, socket: Socket) => {
      socket.setTimeout(0)
      if (answer.statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`the proxy could not reach ${authority} (${answer.statusCode})`))
    })
    asked.end()
  })
}
