import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'

/**
 * Ends a client's connection with the first answer after it has become too old, however busy it is: without this, a client
 * that keeps its connections would never look its name up again. `oldestSeconds` are AWS's, asked for every request.
 */
export function limitConnectionAge(server: Server, clock: Clock, oldestSeconds: () => number): void {
  const openedAt = new WeakMap<Socket, number>()
  server.on('connection', (connection) => openedAt.set(connection, clock.seconds()))
  server.prependListener('request', ({ socket }, response) => {
    const age = clock.seconds() - (openedAt.get(socket) ?? 0)
    if (age > oldestSeconds()) response.shouldKeepAlive = false
  })
}
