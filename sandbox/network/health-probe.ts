import { request } from 'node:http'
import { connect } from 'node:net'
import type { HealthCheck, TargetHealth } from '../cloud/elbv2/state.ts'
import type { Socket } from './addresses.ts'

type Failure = Omit<Extract<TargetHealth, { state: 'unhealthy' }>, 'state'>

/** undefined: passed. */
export type ProbeResult = Failure | undefined

const unreachable: Failure = { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
const late: Failure = { reason: 'Target.Timeout', description: 'Request timed out' }

interface Probe {
  readonly check: HealthCheck
  /** undefined: nothing listens at the target's address. */
  readonly socket: Socket | undefined
  /** The target's own address, for the Host header. */
  readonly host: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** One health check over its own connection, as a load balancer makes it, so that it sees a server that accepts no more. */
export function probe(options: Probe): Promise<ProbeResult> {
  const { socket, check } = options
  if (!socket) return Promise.resolve(unreachable)
  return check.protocol === 'TCP' ? probeTcp(socket, options) : probeHttp(socket, options)
}

function probeTcp({ host, port }: Socket, { timeoutMs, signal }: Probe): Promise<ProbeResult> {
  return settle(timeoutMs, (done) => {
    const connection = connect({ host, port, signal })
    connection.on('connect', () => done(undefined)).on('error', () => done(unreachable))
    return () => connection.destroy()
  })
}

/** HTTPS and gRPC checks are made as plain HTTP: the pods of the sandbox speak nothing else. */
function probeHttp({ host, port }: Socket, { check, host: name, timeoutMs, signal }: Probe): Promise<ProbeResult> {
  return settle(timeoutMs, (done) => {
    const headers = { Host: name, 'User-Agent': 'ELB-HealthChecker/2.0', Connection: 'close' }
    const call = request({ host, port, path: check.path, agent: false, signal, headers })
    call.on('response', (answer) => {
      answer.on('end', () => done(judge(check, answer.statusCode ?? 0))).on('error', () => done(unreachable))
      answer.resume()
    })
    call.on('error', () => done(unreachable)).end()
    return () => call.destroy()
  })
}

/** `begin` returns how to end what it began, which happens once there is a result. */
function settle(timeoutMs: number, begin: (done: (result: ProbeResult) => void) => () => void): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const done = (result: ProbeResult) => {
      clearTimeout(timer)
      resolve(result)
      end()
    }
    // Deferred: after a stall of this process the timer fires before an answer that has long arrived is read.
    const timer = setTimeout(() => setImmediate(() => done(late)), timeoutMs)
    const end = begin(done)
  })
}

function judge(check: HealthCheck, status: number): ProbeResult {
  if (accepts(check, status)) return undefined
  return { reason: 'Target.ResponseCodeMismatch', description: `Health checks failed with these codes: [${status}]` }
}

/** `200`, `200,202`, `200-299` or any mixture. A gRPC code says nothing about an HTTP status, so 200 it is. */
export function accepts({ matcher }: HealthCheck, status: number): boolean {
  return (matcher?.HttpCode ?? '200').split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number)
    return from !== undefined && to !== undefined && status >= from && status <= to
  })
}
