import { Agent, get } from 'node:http'
import type { Socket } from '../../../sandbox/network/addresses.ts'
import { ContainerServer, type Program } from '../../../sandbox/kubernetes/pods/container-server.ts'
import { expect, test } from 'vitest'

const identity = { workload: 'ingress', cluster: 'blue', pod: 'ingress-1', version: '1' }

/** How many connections a client that keeps its own needs for so many requests, one after the other, none of which fails. */
async function connectionsFor(requests: number, { host, port }: Socket): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ports = new Set<number | undefined>()
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const call = get({ host, port, agent }, (answer) => {
        ports.add(answer.socket.localPort)
        if (answer.statusCode !== 200) reject(new Error(`answered with ${answer.statusCode}`))
        answer.resume().once('end', resolve)
      })
      call.once('error', reject)
    })
  for (let count = 0; count < requests; count += 1) await ask()
  agent.destroy()
  return ports.size
}

const program: Program = (request, response) => {
  request.resume()
  response.end('passed on')
}

test.each([
  ['nginx closes a connection after 1,000 requests, and its client opens another', program, 3],
  ['an application keeps it', undefined, 1],
])('%s', async (_title, of, connections) => {
  const server = new ContainerServer(identity, () => undefined, of)
  const socket = await server.listen()
  expect(await connectionsFor(2001, socket)).toBe(connections)
  await server.close()
})
