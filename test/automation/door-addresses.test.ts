import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lookupDoor } from '../../automation/door-addresses.ts'
import { createAsk } from '../../automation/probe.ts'

const server = createServer((_request, response) => response.end('{}'))
let port: number

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => void server.close())

/** Asks as the observer does, without a proxy and through one. */
const asks = [null, 'http://127.0.0.1:1'].map((proxy) => ({ proxy, ask: createAsk(proxy) }))

describe.each(asks)('a probe, by way of the proxy $proxy', ({ ask }) => {
  it.each([
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://169.254.170.2/v2/credentials',
    'http://169.254.170.23/v1/credentials',
    'http://2852039166/', // the same as a number, which URLs take
    'http://0xa9fea9fe/',
    'http://[fd00:ec2::254]/latest/',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
  ])('does not ask %s', async (url) => {
    const { asExpected, fault } = await ask({ url })
    expect(asExpected).toBe(false)
    expect(fault).toMatch(/is a link-local address, and no front door$/)
  })

  it('asks nowhere else because it was led there', async () => {
    const { fault } = await ask({ url: 'http://shop.internal/' }, { connect: { host: '169.254.169.254' } })
    expect(fault).toMatch(/no front door$/)
  })
})

it('asks any other address, and by name', async () => {
  const [{ ask } = { ask: createAsk(null) }] = asks
  for (const host of ['127.0.0.1', 'localhost']) {
    expect(await ask({ url: `http://${host}:${port}/` })).toMatchObject({ asExpected: true })
  }
})

it('finds no such address behind a name, one or several', async () => {
  const found = (hostname: string, all: boolean) =>
    new Promise<Error | null>((resolve) => void lookupDoor(hostname, { all }, (error) => resolve(error)))
  for (const all of [true, false]) {
    expect((await found('169.254.169.254', all))?.message).toContain('no front door')
    expect(await found('127.0.0.1', all)).toBeNull()
  }
})
