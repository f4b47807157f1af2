import * as aws from '@pulumi/aws'
import * as kubernetes from '@pulumi/kubernetes'
import * as pulumi from '@pulumi/pulumi'
import type { AnyKind, Site, Stage, WorkloadOutputs } from '../../../infra/workloads/kind.ts'

export interface BuiltResource {
  readonly type: string
  readonly name: string
  readonly inputs: Record<string, any>
  readonly options: pulumi.CustomResourceOptions
}

export interface Built {
  readonly resources: readonly BuiltResource[]
  readonly outputs: WorkloadOutputs
}

export const secret = 'a-secret-value'

/** Runs the program of one stage without an engine: what it asks for, with the options that no engine sends back. */
export async function build(kind: AnyKind, site: Site, stage: Stage): Promise<Built> {
  const inputs = new Map<string, Record<string, any>>()
  await pulumi.runtime.setMocks({
    newResource: (asked) => {
      inputs.set(asked.name, asked.inputs)
      return { id: asked.id || `${asked.name}-id`, state: { ...asked.inputs, arn: `arn:of:${asked.name}` } }
    },
    call: () => ({}),
  })
  const asked: pulumi.ResourceTransformationArgs[] = []
  let outputs: WorkloadOutputs | undefined
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation((resource) => void asked.push(resource))
    const providers = {
      aws: new aws.Provider('aws', { region: 'eu-central-1' }),
      kubernetes: () => new kubernetes.Provider('green', { kubeconfig: site.green.kubeconfig }),
    }
    const made = kind.program(kind.plan(site, stage), providers, { testRoute: pulumi.secret(secret) })
    outputs = await valueOf(pulumi.output(made))
    await Promise.all(asked.map(({ resource }) => valueOf(resource.urn)))
    return {}
  })
  if (!outputs) throw new Error('the program gave no outputs')
  const resources = asked
    .filter(({ type }) => !type.startsWith('pulumi:'))
    .map(({ type, name, opts }) => ({ type, name, inputs: inputs.get(name) ?? missing(name), options: opts }))
  return { resources, outputs }
}

const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply((value) => resolve(value)))

function missing(name: string): never {
  throw new Error(`${name} was never asked for`)
}
