import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAsk, requestFor } from '../../automation/probe.ts'
import { ForwardProxy } from '../../sandbox/network/forward-proxy.ts'

const probe = { url: 'http://shop.example:8080/prod/healthz?deep=1', headers: { 'x-who': 'probe' } }

describe('the request of a probe', () => {
  it('is the URL with its own headers where nothing is changed', () => {
    const { url, headers } = requestFor(probe, {})
    expect([url.href, headers]).toEqual([probe.url, { 'x-who': 'probe' }])
  })

  it('keeps the Host of the URL wherever it goes', () => {
    const { url, headers } = requestFor(probe, { connect: { host: 'green.internal', port: 8443 } })
    expect(url.href).toBe('http://green.internal:8443/prod/healthz?deep=1')
    expect(headers).toEqual({ host: 'shop.example:8080', 'x-who': 'probe' })
  })

  it('speaks as openly as it is told to', () => {
    const connect = { host: 'green.internal', port: 8443, protocol: 'http' } as const
    const { url } = requestFor({ url: 'https://shop.example/prod' }, { connect })
    expect(url.href).toBe('http://green.internal:8443/prod')
  })

  it("lets the probe's own Host stand", () => {
    const { headers } = requestFor({ ...probe, headers: { host: 'a.example' } }, { connect: { port: 81 } })
    expect(headers).toEqual({ host: 'a.example' })
  })

  it('changes what the path begins with, and no other path', () => {
    expect(requestFor(probe, { path: { from: '/prod', to: '/test' } }).url.pathname).toBe('/test/healthz')
    expect(requestFor(probe, { path: { from: '/live', to: '/test' } }).url.pathname).toBe('/prod/healthz')
  })

  it('adds headers', () => {
    expect(requestFor(probe, { headers: { 'x-test': '1' } }).headers).toEqual({ 'x-who': 'probe', 'x-test': '1' })
  })
})

describe('asking through a forward proxy', () => {
  let server: Server
  let proxy: ForwardProxy
  let last: IncomingMessage | undefined
  let url: string

  beforeAll(async () => {
    server = createServer((asked, answer) => {
      last = asked
      answer.end('{"cluster":"green"}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`
    const { port } = server.address() as AddressInfo
    const alone = { resolver: undefined as never, reach: () => undefined }
    proxy = new ForwardProxy({ ...alone, executeApi: () => ({ host: '127.0.0.1', port }) })
    await proxy.open()
  })
  afterAll(async () => {
    await proxy.close()
    server.close()
  })

  const through = () => `http://127.0.0.1:${proxy.socket?.port}`

  it('reaches the door with the Host that the probe wants', async () => {
    const answer = await createAsk(through())({ url, headers: { host: 'shop.example' }, marker: { json: '/cluster' } })
    expect(answer).toEqual({ asExpected: true, colour: 'green', fault: null })
    expect(last?.headers.host).toBe('shop.example')
  })

  it('leaves names to the proxy', async () => {
    const named = 'http://a1b2c3.execute-api.nowhere.invalid/prod/healthz'
    expect(await createAsk(through())({ url: named })).toMatchObject({ asExpected: true })
    expect(last?.headers.host).toBe('a1b2c3.execute-api.nowhere.invalid:80')
  })

  it('says what the proxy could not reach', async () => {
    const answer = await createAsk(through())({ url: 'http://10.0.0.1:8080/' })
    expect(answer).toMatchObject({ asExpected: false, fault: 'the proxy could not reach 10.0.0.1:8080 (502)' })
  })

  it('says that a proxy is none', async () => {
    const { fault } = await createAsk(url)({ url })
    expect(fault).toBeTruthy()
  })
})
