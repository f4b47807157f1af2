import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  GetIntegrationCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stackName } from '../infra/names.ts'
import { memoryOf } from './memory.ts'
import { type Part } from './part.ts'
import { advanceTo, inSetting, type Setting } from './setting.ts'
import { manySteps, measureUps, upBounds, upTable } from './ups.ts'

const workload = 'lens'
/** With the resources around them, the stack then holds sixty. */
const methods = 54

export const largeStack: Part = {
  about: 'a weight step on a stack of sixty networking resources, and what memory it takes',
  async run({ say, rounds: asked }) {
    const rounds = Math.ceil(asked / 3)
    const { resources, figures, memory } = await inSetting(
      {
        scenario: 'api-gateway',
        entries: async ({ [workload]: entry }, aws) => {
          const { api, stage, integrations } = entry as unknown as RestEntry
          say(`giving the API ${methods} methods`)
          const all = await addMethods(await aws.apiGateway(), api, stage, integrations)
          const byVariable = { switch: 'stage-variable', stageVariable: 'backend', steps: manySteps }
          return { [workload]: { ...entry, ...byVariable, integrations: all } }
        },
      },
      say,
      async (setting) => {
        say('bringing it to its first step')
        await advanceTo(setting.client, workload, 'shifting')
        say('steps with a plan, without, and by hand')
        const figures = await measureUps(setting, workload, rounds)
        return { resources: await resourcesOf(setting), figures, memory: memoryOf(setting.stage.pids.service) }
      },
    )
    return {
      title: 'A stack of sixty',
      text: `One weight step on a stack of ${resources} networking resources: a REST API with ${methods} methods behind one stage variable, and green's side of it.

${upTable(figures)}

${memory ? `Workers afterwards, resident now and at their most: ${memory.workers.map(({ nowMiB, mostMiB }) => `${nowMiB} and ${mostMiB} MiB`).join('; ')}.` : ''}`,
      bounds: upBounds(`a step on a stack of ${resources}`, figures),
      figures: { resources, ...figures, memory },
    }
  },
}

interface RestEntry {
  readonly api: string
  readonly stage: string
  readonly integrations: readonly { readonly resource: string; readonly method: string }[]
}

/** More of what the scenario's API has, deployed; all of its integrations. */
async function addMethods(
  client: APIGatewayClient,
  restApiId: string,
  stageName: string,
  present: RestEntry['integrations'],
): Promise<RestEntry['integrations']> {
  const [first] = present
  const httpMethod = 'GET'
  const like = await client.send(
    new GetIntegrationCommand({ restApiId, resourceId: first?.resource, httpMethod: first?.method }),
  )
  const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }))
  const parentId = items.find(({ path }) => path === '/')?.id
  const added = []
  for (let i = present.length; i < methods; i += 1) {
    const { id = '' } = await client.send(new CreateResourceCommand({ restApiId, parentId, pathPart: `method-${i}` }))
    const at = { restApiId, resourceId: id, httpMethod }
    const { uri, connectionType, connectionId, requestParameters } = like
    await client.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }))
    const integration = { uri, connectionType, connectionId, requestParameters }
    await client.send(
      new PutIntegrationCommand({ ...at, ...integration, type: 'HTTP_PROXY', integrationHttpMethod: httpMethod }),
    )
    added.push({ resource: id, method: httpMethod })
  }
  const { id: value } = await client.send(new CreateDeploymentCommand({ restApiId }))
  const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value }]
  await client.send(new UpdateStageCommand({ restApiId, stageName, patchOperations }))
  return [...present, ...added]
}

interface Checkpoint {
  readonly checkpoint: { readonly latest: { readonly resources: readonly { readonly type: string }[] } }
}

/** What the stack's state holds, Pulumi's own resources not counted. */
async function resourcesOf({ stage }: Setting): Promise<number> {
  const file = join(
    stage.dataDir,
    'pulumi-state/.pulumi/stacks/eks-cutover',
    `${stackName('api-gateway', workload)}.json`,
  )
  const { checkpoint } = JSON.parse(await readFile(file, 'utf8')) as Checkpoint
  return checkpoint.latest.resources.filter(({ type }) => !type.startsWith('pulumi:')).length
}
