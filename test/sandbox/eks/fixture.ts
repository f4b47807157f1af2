import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { stringify } from 'yaml'
import { createVpc, type Vpc } from '../../../sandbox/scenarios/network.ts'
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts'
import { startSurroundings, type Stops, type Surroundings } from '../../../sandbox/surroundings.ts'

/** Nothing stands yet. */
const nothing: Scenario = {
  name: 'nothing',
  about: 'an account with a VPC',
  today: '2022-12-05',
  clusters: { blue: { name: 'blue', version: '1.21' }, green: { name: 'green', version: null } },
  build: () => Promise.reject(new Error('nothing is built')),
}

/** An account with a VPC and a role, in which EKS brings up clusters; seen by the clients that people use. */
export interface Account extends Surroundings {
  readonly vpc: Vpc
  readonly roleArn: string
  readonly changes: string[]
  /** What the AWS CLI printed; fails with what it complained of. `env`: other credentials. */
  cli(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<any>
  /** The same for kubectl, with the token that `aws eks get-token` gives for `tokenFor`, or else the cluster's own name. */
  kubectl(cluster: string, words: readonly string[], how?: How): Promise<string>
  /** What kubectl printed with the kubeconfig that `aws eks update-kubeconfig` writes, which asks the AWS CLI for a token. */
  asPeopleDo(cluster: string, words: readonly string[]): Promise<string>
  stop(): Promise<void>
}

interface How {
  readonly tokenFor?: string
  readonly token?: string
  readonly env?: Readonly<Record<string, string>>
}

export async function startAccount(): Promise<Account> {
  const stops: Stops = []
  const changes: string[] = []
  const around = await startSurroundings(nothing, 300, stops, (name) => changes.push(name))
  const { endpoint, region, accessKeyId, secretAccessKey } = around.access
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  const AssumeRolePolicyDocument = '{"Statement":[]}'
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'eks', AssumeRolePolicyDocument }))
  iam.destroy()
  const vpc = await createVpc(around.aws)
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-eks-'))
  const own = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const cli: Account['cli'] = async (words, env = {}) => {
    const text = await run('aws', [...words, '--output', 'json'], { ...own, ...env })
    return text === '' ? undefined : JSON.parse(text)
  }
  const kubectl: Account['kubectl'] = async (name, words, { tokenFor = name, token, env } = {}) => {
    const { cluster } = await cli(['eks', 'describe-cluster', '--name', name])
    const given = token ?? (await cli(['eks', 'get-token', '--cluster-name', tokenFor], env)).status.token
    const file = join(folder, 'kubeconfig')
    const { endpoint: server, certificateAuthority } = cluster
    await writeFile(file, kubeconfigWith(server, certificateAuthority.data, given))
    return run('kubectl', [...words, `--kubeconfig=${file}`, `--cache-dir=${folder}/cache`], own)
  }
  const asPeopleDo: Account['asPeopleDo'] = async (name, words) => {
    const file = join(folder, 'people')
    await run('aws', ['eks', 'update-kubeconfig', '--name', name, '--kubeconfig', file], own)
    return run('kubectl', [...words, `--kubeconfig=${file}`, `--cache-dir=${folder}/cache`], own)
  }
  return {
    ...around,
    vpc,
    roleArn: Role?.Arn ?? '',
    changes,
    cli,
    kubectl,
    asPeopleDo,
    async stop() {
      for (const end of stops.reverse()) await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const kubeconfigWith = (server: string, authority: string, token: string): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'it', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'it', user: { token } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    'current-context': 'it',
  })

const run = (command: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(command, words, { env }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr || error.message)) : resolve(stdout),
    )
  })
