import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import type { SettingOptions } from './setting.ts'
import * as floors from './floors.ts'

/** One way of being exposed: a kind, and which of its switches. */
export interface Subject {
  readonly name: string
  readonly workload: string
  readonly floor: floors.Floor
}

/** What is measured on one sandbox. */
export interface Company extends SettingOptions {
  readonly subjects: readonly Subject[]
}

/** Every kind, with every switch and strategy. */
export const companies: readonly Company[] = [
  {
    scenario: 'omnious',
    workers: 4,
    subjects: [
      { name: '`alb`, a rule', workload: 'search', floor: floors.weights },
      { name: "`alb`, a listener's default action", workload: 'home', floor: floors.weights },
      { name: '`node-port`, a rule', workload: 'tagger', floor: floors.weights },
      { name: '`node-port`, a shared group', workload: 'stream', floor: floors.sharedGroup },
      { name: '`nlb-api-gateway`, a stage variable', workload: 'lens', floor: floors.restVariable },
      { name: "`nlb-api-gateway`, an HTTP API's integration", workload: 'trend', floor: floors.httpIntegration },
      { name: '`ingress-dns`, an alias', workload: 'api', floor: floors.records },
      { name: '`ingress-dns`, a CNAME', workload: 'console', floor: floors.records },
    ],
  },
  {
    scenario: 'api-gateway',
    subjects: [
      { name: '`nlb-api-gateway`, an integration port', workload: 'lens', floor: floors.restDeployment },
      { name: '`nlb-api-gateway`, an HTTP API deployed by hand', workload: 'trend', floor: floors.httpDeployment },
    ],
    async entries(entries, aws) {
      const { api, stage } = entries['trend'] as unknown as { api: string; stage: string }
      const client = await aws.apiGatewayV2()
      await client.send(new UpdateStageCommand({ ApiId: api, StageName: stage, AutoDeploy: false }))
      return entries
    },
  },
  {
    scenario: 'weighed-apis',
    subjects: [{ name: '`nlb-api-gateway`, the weights of its listener', workload: 'lens', floor: floors.weights }],
  },
  {
    scenario: 'weighed-nodes',
    subjects: [{ name: "`node-port`, an NLB's listener", workload: 'stream', floor: floors.weights }],
  },
]
