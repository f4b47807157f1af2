import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CreateRoleCommand, GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ByHand } from '../../automation/engine/stack-files.ts'
import { ask, iamOf, inventoryOf, send, startWithoutGreen } from '../support/green.ts'
import { faultsOfCluster } from '../support/published-outputs.ts'
import type { TestService } from '../support/service.ts'

/** December 2022: there is a blue of 1.21 and no green. The service builds it, moves something into it, and takes it away. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const serviceAccountRoles = [{ role: 'search-app', serviceAccounts: ['default/search'] }]
const before = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Blue', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}
let service: TestService
let iam: IAMClient

beforeAll(async () => {
  service = await startWithoutGreen()
  iam = iamOf(service.sandbox)
}, 120_000)
afterAll(async () => {
  iam.destroy()
  await service.stop()
})

/** In a process of its own, while the sandbox goes on in this one. */
function run(command: string, env: NodeJS.ProcessEnv): Promise<{ said: string; out: string; code: number | null }> {
  const [program = '', ...args] = command.split(' ')
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      out += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('close', (code) => resolve({ said, out, code }))
  })
}

const apply = async (green: object) =>
  send(service, 'PUT', '', await inventoryOf(service.sandbox, { loadBalancerController: false, ...green }))

const trustOf = async (): Promise<{ Statement: { Sid: string; Principal: { Federated?: string } }[] }> => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'search-app' }))
  return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))
}

it('says until then that green is not built, and fails nowhere', async () => {
  expect((await apply({})).status).toBe(201)
  expect((await send(service, 'GET', '/cluster')).body).toMatchObject({ state: 'not-built', outputs: null })
  expect((await send(service, 'GET', '/workloads/tagger')).status).toBe(200)
  expect((await send(service, 'POST', '/workloads/tagger/advance')).body).toMatchObject({ code: 'cluster-not-built' })
  expect((await send(service, 'POST', '/cluster/destroy', { confirm: 'omnious-green' })).body).toMatchObject({
    code: 'cluster-not-built',
  })
})

it('refuses what could not come to be, before it touches anything', async () => {
  await apply({ version: '1.33' })
  const refused = (await send(service, 'POST', '/cluster/up')).body
  expect(refused).toMatchObject({ code: 'version-not-offered', offered: ['1.21', '1.22', '1.23', '1.24'] })
  await apply({ serviceAccountRoles })
  expect((await send(service, 'POST', '/cluster/up')).body).toMatchObject({
    code: 'trust-policy-refused',
    role: 'search-app',
  })
})

it('previews and brings up what the inventory says', async () => {
  await iam.send(new CreateRoleCommand({ RoleName: 'search-app', AssumeRolePolicyDocument: JSON.stringify(before) }))
  const preview = await ask(service, 'preview')
  const lines = preview.result?.['lines'] as string[]
  expect(lines[0]).toMatch(/^role search-app: trusts default\/search of green .* of 2048 characters$/)
  expect(lines).toContain('make cluster cluster-eksCluster')
  expect((await send(service, 'GET', '/cluster')).body.state).toBe('not-built')

  const up = await ask(service, 'up')
  expect(up.error).toBeNull()
  const { body } = await send(service, 'GET', '/cluster')
  expect(body).toMatchObject({ state: 'built', version: { wanted: '1.24', built: '1.24' } })
  expect(body.outputs.autoScalingGroups[0]).toMatch(/^eks-/)
  expect(body.outputs.nodeSecurityGroupId).toMatch(/^sg-/)
  expect(Object.keys(body.outputs)).not.toContain('kubeconfig')
}, 120_000)

it("adds its own statement to the role's trust, and nothing else", async () => {
  const { Statement } = await trustOf()
  expect(Statement[0]).toEqual(before.Statement[0])
  expect(Statement[1]?.Principal.Federated).toContain(':oidc-provider/oidc.eks.')
  expect(Statement).toHaveLength(2)
})

it('leaves a kubeconfig for its own runs that any client can use, without a secret and without the AWS CLI', async () => {
  const path = `${service.dataDir}/stacks/omnious.cluster/green.kubeconfig`
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8')).not.toContain('k8s-aws-v1')
  const env = { ...process.env, ...service.sandbox.ready.env, KUBECONFIG: path }
  const { out } = await run('kubectl get nodes -o name', env)
  expect(out.trim().split('\n')).toHaveLength(2)
})

it('changes nothing when it is brought up again, by a person neither', async () => {
  expect((await ask(service, 'up')).result).toMatchObject({ lines: [expect.stringMatching(/^role search-app/)] })
  const { body } = await send(service, 'GET', '/cluster/by-hand')
  const byHand = body as ByHand
  const { env, byHand: attached } = service.sandbox.ready
  const environment = { ...process.env, ...env, ...attached, ...byHand.environment }
  const { said, code } = await run(`${byHand.up} --yes --non-interactive`, environment)
  expect(said).toContain('unchanged')
  expect(said).not.toMatch(/\d+ (created|updated|deleted|replaced)/)
  expect(code).toBe(0)
  const shown = await run('pulumi stack output --json --stack omnious.cluster', environment)
  const outputs = JSON.parse(shown.out) as Record<string, unknown>
  expect(outputs).toMatchObject({ clusterName: 'omnious-green', kubeconfig: '[secret]' })
  expect(faultsOfCluster(outputs)).toEqual([])
  const { kubeconfig: _secret, ...rest } = outputs
  expect((await send(service, 'GET', '/cluster')).body.outputs).toEqual(rest)
}, 60_000)

it('moves a workload onto its nodes without being told which they are, and must stay while that is there', async () => {
  await service.sandbox.whenGreen()
  for (const phase of ['adopted', 'prepared']) {
    await service.client.open('tagger', phase === 'adopted' ? ['green-ready'] : [])
    const advanced = await service.client.ended((await send(service, 'POST', '/workloads/tagger/advance')).body.id)
    expect(advanced).toMatchObject({ state: 'succeeded', to: phase, error: null })
  }
  expect((await send(service, 'POST', '/cluster/destroy', { confirm: 'omnious-green' })).body).toMatchObject({
    code: 'workload-not-empty',
    workloads: ['tagger'],
  })
  const abandoned = await send(service, 'POST', '/workloads/tagger/abandon', { reason: 'the test is over' })
  expect(await service.client.ended(abandoned.body.id)).toMatchObject({ state: 'succeeded' })
}, 120_000)

it('is destroyed once somebody names it, and takes nothing with it that was not ours', async () => {
  expect((await send(service, 'POST', '/cluster/destroy', { confirm: 'omnious-blue' })).body).toMatchObject({
    code: 'not-confirmed',
  })
  expect((await apply({ cluster: 'another', serviceAccountRoles })).body).toMatchObject({ code: 'cluster-under-way' })
  const destroyed = await ask(service, 'destroy', { confirm: 'omnious-green' })
  expect(destroyed.error).toBeNull()
  expect(await trustOf()).toEqual(before)
  expect((await send(service, 'GET', '/cluster')).body).toMatchObject({ state: 'not-built', outputs: null })
}, 120_000)
