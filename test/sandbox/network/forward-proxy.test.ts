import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ForwardProxy } from '../../../sandbox/network/forward-proxy.ts'

/** Plain requests, as `curl -x` sends them; tunnels are what the service's probes take (test/automation/probe.test.ts). */
let server: Server
let proxy: ForwardProxy
let last: IncomingMessage | undefined
let said: string

beforeAll(async () => {
  server = createServer((asked, answer) => {
    last = asked
    void text(asked).then((body) => {
      said = body
      answer.writeHead(418, { 'x-door': 'green' }).end('short and stout')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  proxy = new ForwardProxy({
    resolver: undefined as never,
    reach: () => undefined,
    executeApi: () => ({ host: '127.0.0.1', port }),
  })
  await proxy.open()
})

afterAll(async () => {
  await proxy.close()
  server.close()
})

async function ask(path: string, method = 'GET', body = '') {
  const headers = { host: 'a1.execute-api.nowhere.invalid', 'proxy-connection': 'keep-alive' }
  const asked = request({ ...proxy.socket, path, method, headers, agent: false }).end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, door: answer.headers['x-door'], body: await text(answer) }
}

it('passes a request on with its method, path, Host and body, and the answer back', async () => {
  const answer = await ask('http://a1.execute-api.nowhere.invalid/prod/x?deep=1', 'POST', 'tea')
  expect(answer).toEqual({ status: 418, door: 'green', body: 'short and stout' })
  expect([last?.method, last?.url, said]).toEqual(['POST', '/prod/x?deep=1', 'tea'])
  expect(last?.headers.host).toBe('a1.execute-api.nowhere.invalid')
  expect(last?.headers).not.toHaveProperty('proxy-connection')
})

it('says that nothing is there, and that it is a proxy, instead of keeping anybody waiting', async () => {
  expect(await ask('http://10.0.0.1:8080/')).toMatchObject({ status: 502, body: 'nothing listens at 10.0.0.1:8080\n' })
  expect(await ask('/prod')).toMatchObject({ status: 502, body: 'this is a proxy: name a whole http URL\n' })
})
