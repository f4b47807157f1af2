import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { startStage } from '../../demo/stage.ts'
import { TestIssuer } from '../api/auth/issuer.ts'
import { cutShort } from './cut-short.ts'

/** A service with something in it, on a sandbox, and an administrator who can do everything but revoke what makes him one. */
export interface Subject {
  /** On it every answer comes to an end. */
  readonly url: string
  /** For the header `authorization`. */
  readonly bearer: string
  /** Names and ids that exist, by the parameter of a path. */
  readonly known: Readonly<Record<string, readonly string[]>>
  /** Once the service has ended by itself: why. */
  fault(): Promise<string | null>
  stop(): Promise<void>
}

const audience = 'eks-cutover'

export async function startSubject(say: (text: string) => void): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-fuzz-'))
  const issuer = await TestIssuer.start()
  const file = join(folder, 'issuers.yaml')
  const roles = [{ when: { sub: 'fuzzer' }, role: 'admin' }]
  await writeFile(file, stringify({ issuers: [{ issuer: issuer.url, audience, roles }] }))
  const environment = { CUTOVER_AUTH: 'on', CUTOVER_OIDC_FILE: file, CUTOVER_REQUESTS_PER_SECOND: '100000' }
  const stage = await startStage({ scenario: 'small', port: 0, progress: say, environment })
  const door = await cutShort(stage.service)
  const inADay = Math.floor(Date.now() / 1000) + 24 * 3600
  const bearer = `Bearer ${await issuer.sign({ sub: 'fuzzer', aud: audience, exp: inADay })}`
  const stop = async (): Promise<void> => {
    await door.stop()
    await stage.stop()
    await issuer.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const known = await furnish(stage.service, bearer, await readFile(stage.ready.inventory, 'utf8'))
    const fault = async (): Promise<string | null> => {
      const answer = await fetch(`${stage.service}/healthz`).catch((error: unknown) => String(error))
      return typeof answer === 'string' || !answer.ok ? 'the service does not answer any more' : null
    }
    return { url: door.url, bearer, known, fault, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The inventory, two holds, a token and an operation. */
async function furnish(service: string, authorization: string, inventory: string): Promise<Subject['known']> {
  const send = async (method: string, path: string, body: string, type = 'application/json'): Promise<string> => {
    const headers = { authorization, 'content-type': type }
    const answer = await fetch(service + path, { method, headers, body })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return (JSON.parse(text) as { id?: string }).id ?? ''
  }
  const reason = JSON.stringify({ reason: 'the fuzzer needs something to find' })
  await send('PUT', '/v1/migrations/small', inventory, 'application/yaml')
  return {
    migration: ['small'],
    workload: ['search', 'tagging'],
    operation: [await send('POST', '/v1/migrations/small/workloads/search/advance', reason)],
    hold: [await send('POST', '/v1/migrations/small/workloads/tagging/holds', reason)],
    token: [await send('POST', '/v1/tokens', JSON.stringify({ subject: 'ci', role: 'viewer' }))],
  }
}
