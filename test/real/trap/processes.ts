import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { until } from '../../support/wait.ts'

export interface Process {
  /** SIGTERM; SIGKILL after ten seconds. */
  stop(): Promise<void>
}

/** A port that was free a moment ago: for programs that cannot choose one and say which. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

export interface Start {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Gets all that the program prints; its end is quoted when the program fails. */
  readonly log: string
  /** It is up when it accepts connections there, and `ready`, if any, holds. */
  readonly port: number
  readonly ready?: () => Promise<boolean>
}

export async function startProcess({ command, args, env = {}, log, port, ready }: Start): Promise<Process> {
  const output = openSync(log, 'a')
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] })
  closeSync(output)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(kill)
  }
  const isUp = async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${command} did not start:\n${readFileSync(log, 'utf8').slice(-3000)}`)
    }
    return (await accepts(port)) && (ready === undefined || (await ready()))
  }
  try {
    await until(`${command} is up (see ${log})`, isUp, 60)
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}
