import { once } from 'node:events'
import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, createServer as createRelay, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPlugins, type Plugins } from '../../../sandbox/pulumi/plugins.ts'
import { ProviderClient } from './provider-client.ts'

const rules = 'aws:lb/listenerRule:ListenerRule'
const ruleArn = 'arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/a/b/c/d'

let folder: string
let plugins: Plugins
/** An AWS that takes requests and never answers. */
let silent: Server
let client: ProviderClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'))
  silent = createServer(() => {})
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  plugins = await startPlugins({ folder })
})
afterAll(async () => {
  await plugins.stop()
  silent.closeAllConnections()
  silent.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  client = new ProviderClient(plugins.ports.aws, rules)
})
afterEach(() => client.close())

const options = () => ({
  region: 'eu-west-1',
  accessKey: 'a',
  secretKey: 'b',
  endpoints: [{ elbv2: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` }],
  skipCredentialsValidation: true,
})

/** A read that AWS does not answer, once the request has arrived there. */
async function pendingRead() {
  const arrived = once(silent, 'request') as Promise<[IncomingMessage]>
  await client.configure(options())
  const answer = client.read(ruleArn).then(
    () => 'answered',
    (error: Error) => error.message,
  )
  const [request] = await arrived
  return { answer, request, given: once(request.socket, 'close') }
}

/** A way to the plugin that can be cut as the death of a process cuts it. */
async function startRelay(port: number) {
  const sockets = new Set<Socket>()
  const relay = createRelay((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.pipe(far).pipe(near)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const cut = () => {
    relay.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (relay.address() as AddressInfo).port, cut }
}

describe('a call that waits on AWS', () => {
  test('is given up, and its request with it, when the engine goes without a word', async () => {
    const relay = await startRelay(plugins.ports.aws)
    client.close()
    client = new ProviderClient(relay.port, rules)
    const { answer, given } = await pendingRead()
    relay.cut()
    await given
    expect(await answer).not.toBe('answered')
  })

  test('is given up when the engine says cancel, and further calls are refused', async () => {
    const { answer, given } = await pendingRead()
    await client.cancel()
    await given
    expect(await answer).toMatch(/DescribeRules.*abort/i)
    await expect(client.read(ruleArn)).rejects.toThrow(/abort/i)
  })

  test('of another engine goes on', async () => {
    const { answer, request } = await pendingRead()
    const other = new ProviderClient(plugins.ports.aws, rules)
    await other.configure(options())
    await other.cancel()
    other.close()
    expect(request.socket.destroyed).toBe(false)
    await client.cancel()
    expect(await answer).not.toBe('answered')
  })
})

describe('the process', () => {
  test('survives its own death on the same ports', async () => {
    const { pid, ports } = plugins
    await plugins.kill()
    await expect(client.configure(options())).rejects.toThrow()
    await plugins.restart()
    expect(plugins.pid).not.toBe(pid)
    expect(plugins.ports).toEqual(ports)
    const again = new ProviderClient(ports.aws, rules)
    await again.configure(options())
    expect((await again.check({ conditions: [] })).failures).toHaveLength(2)
    again.close()
  })

  test('ends when whoever started it is gone', async () => {
    const main = join(import.meta.dirname, '../../../sandbox/pulumi/main.ts')
    const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('is told of by a shim that prints the port and stays as long as its stdin', async () => {
    for (const name of ['aws', 'kubernetes', 'eks'] as const) {
      const path = join(plugins.folders[name], `pulumi-resource-${name}`)
      expect(await readFile(path, 'utf8')).toContain(`echo ${plugins.ports[name]}\n`)
      const shim = spawn(path, ['127.0.0.1:1'], { stdio: ['pipe', 'pipe', 'inherit'] })
      const [line] = (await once(shim.stdout, 'data')) as [Buffer]
      expect(String(line)).toBe(`${plugins.ports[name]}\n`)
      expect(shim.exitCode).toBe(null)
      shim.stdin.end()
      expect(await once(shim, 'exit')).toEqual([0, null])
    }
  })

  test('that cannot start says so', async () => {
    const options = { folder, environment: { ...process.env, NODE_OPTIONS: '--not-an-option' } }
    await expect(startPlugins(options)).rejects.toThrow('ended before they served')
  })
})
