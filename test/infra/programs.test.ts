import * as pulumi from '@pulumi/pulumi'
import { describe, expect, it } from 'vitest'
import { runProgram, type RunBy } from '../../infra/programs.ts'
import { prepared } from '../../automation/phases/stages.ts'
import { site } from './workloads/alb/fixture.ts'

const config = {
  program: 'workload',
  kind: 'alb',
  site,
  stage: prepared,
  aws: { region: 'eu-central-1' },
  testRoute: 's',
}

/** Runs what the stack config names without an engine, and gives back the inputs of everything that was asked for, by name. */
async function run(by: RunBy, preview: boolean, change: object = {}): Promise<Map<string, Record<string, any>>> {
  const asked = new Map<string, Record<string, any>>()
  const settings = Object.entries({ ...config, ...change }).map(([key, value]) => [
    `eks-cutover:${key}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs) => {
    asked.set(name, inputs)
    return { id: name, state: inputs }
  }
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, 'eks-cutover', 'prod-2026.search', preview)
  pulumi.runtime.setAllConfig(Object.fromEntries(settings) as Record<string, string>)
  await runProgram(by)
  await pulumi.runtime.disconnect()
  return asked
}

describe('a workload’s stack', () => {
  it('goes up by the service', async () => {
    expect([...(await run('service', false)).keys()]).toEqual(expect.arrayContaining(['aws', 'green', 'green-targets']))
  })

  it('can be previewed by hand', async () => {
    expect([...(await run('hand', true)).keys()]).toContain('aws')
  })

  it('does not go up by hand, past the gates, unless that is meant', async () => {
    await expect(run('hand', false)).rejects.toThrow(/search by hand would move its traffic past the gates.*byHand/)
    expect([...(await run('hand', false, { byHand: true })).keys()]).toContain('aws')
  })

  it('has providers that point where its config says', async () => {
    const asked = await run('service', false)
    expect(asked.get('aws')).toMatchObject({ region: 'eu-central-1' })
    expect(asked.get('green')).toMatchObject({
      kubeconfig: '/etc/cutover/green.kubeconfig',
      clusterIdentifier: 'eks-cutover/prod-2026/green',
      deleteUnreachable: 'false',
    })
  })

  it('drops what a dead cluster cannot confirm only when it is told to', async () => {
    expect((await run('service', false, { deleteUnreachable: true })).get('green')).toMatchObject({
      deleteUnreachable: 'true',
    })
  })
})

describe('a stack of another program', () => {
  it('does not run, and says which there are', async () => {
    await expect(run('service', false, { program: 'network' })).rejects.toThrow(
      /program is network; known are cluster, workload/,
    )
  })
})
