import providerProto from '@pulumi/pulumi/proto/provider_pb.js'
import type resourceProto from '@pulumi/pulumi/proto/resource_pb.js'
import type { EngineLog } from '../engine-log.ts'
import { decode, encode } from '../properties.ts'
import { components } from './components.ts'
import { Monitor } from './monitor.ts'
import { plainArguments } from './references.ts'

/** Registers a component with the engine, then what it is made of, then its outputs. */
export async function construct(
  request: providerProto.ConstructRequest,
  log: EngineLog,
): Promise<providerProto.ConstructResponse> {
  const type = request.getType()
  const build = components.get(type)
  if (!build) throw new Error(`unknown resource type ${type}; this stand-in knows ${[...components.keys()].join(', ')}`)
  const monitor = new Monitor(request.getMonitorendpoint())
  try {
    const [name, args] = [request.getName(), plainArguments(decode(request.getInputs()))]
    const { urn } = await monitor.component({
      type,
      name,
      parent: request.getParent(),
      inputs: args,
      dependencies: request.getDependenciesList(),
      ignoreChanges: request.getIgnorechangesList(),
      prepare: (registration) => passOn(request, registration),
    })
    const providers = request.getProvidersMap()
    const outputs = await build({
      monitor,
      name,
      args,
      urn,
      provider: (pkg) => providers.get(pkg),
      dependencies: dependenciesOf(request),
      warn: (message) => log.warn(urn, message),
    })
    await monitor.outputs(urn, outputs)
    const response = new providerProto.ConstructResponse()
    response.setUrn(urn)
    response.setState(encode(outputs))
    return response
  } finally {
    monitor.close()
  }
}

/** Those of the options, and those that come with the arguments. */
function dependenciesOf(request: providerProto.ConstructRequest): string[] {
  const urns = new Set(request.getDependenciesList())
  request.getInputdependenciesMap().forEach((each: providerProto.ConstructRequest.PropertyDependencies) => {
    for (const urn of each.getUrnsList()) urns.add(urn)
  })
  return [...urns]
}

/** The resource options of the program; those that children share they get from the engine, by their parent. */
function passOn(request: providerProto.ConstructRequest, registration: resourceProto.RegisterResourceRequest): void {
  registration.setAliasesList(request.getAliasesList())
  registration.setReplaceonchangesList(request.getReplaceonchangesList())
  registration.setAdditionalsecretoutputsList(request.getAdditionalsecretoutputsList())
  registration.setDeletedwith(request.getDeletedwith())
  if (request.hasProtect()) registration.setProtect(request.getProtect() === true)
  if (request.hasRetainondelete()) registration.setRetainondelete(request.getRetainondelete() === true)
  const providers = registration.getProvidersMap()
  request.getProvidersMap().forEach((reference: string, pkg: string) => providers.set(pkg, reference))
}
