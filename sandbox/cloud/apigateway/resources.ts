import type {
  CreateResourceCommandInput,
  CreateResourceCommandOutput,
  DeleteResourceCommandInput,
  DeleteResourceCommandOutput,
  GetResourceCommandInput,
  GetResourceCommandOutput,
  GetResourcesCommandInput,
  GetResourcesCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import { findApi, findResource } from './find.ts'
import { newId } from './ids.ts'
import { badRequest, conflict } from './invalid.ts'
import { page } from './pages.ts'
import type { Api, ResourceRecord } from './state.ts'

export const createResource: Operation<CreateResourceCommandInput, CreateResourceCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  const parent = findResource(api, input.parentId)
  const pathPart = input.pathPart ?? ''
  if (!/^(\{[\w.:-]+\+?\}|[\w.:$~@!,;=&'()*+-]+)$/.test(pathPart)) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    )
  }
  const siblings = [...api.resources.values()].filter(({ parentId }) => parentId === parent.id)
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    throw conflict(`Another resource with the same parent already has this name: ${pathPart}`)
  }
  if (pathPart.startsWith('{') && siblings.some((sibling) => isVariable(sibling) && !isGreedy(sibling.pathPart))) {
    throw badRequest('A sibling of this resource already has a variable path part -- only one is allowed')
  }
  const path = `${parent.path === '/' ? '' : parent.path}/${pathPart}`
  const resource = { id: newId(6), parentId: parent.id, pathPart, path }
  api.resources.set(resource.id, resource)
  return resource
}

const isVariable = ({ pathPart }: ResourceRecord) => pathPart?.startsWith('{') ?? false
const isGreedy = (pathPart: string | undefined) => pathPart?.endsWith('+}') ?? false

export const getResource: Operation<GetResourceCommandInput, GetResourceCommandOutput> = (world, input) =>
  describe(findResource(findApi(world, input.restApiId), input.resourceId), input.embed)

export const getResources: Operation<GetResourcesCommandInput, GetResourcesCommandOutput> = (world, input) => {
  const resources = [...findApi(world, input.restApiId).resources.values()]
  return page(
    resources.map((resource) => describe(resource, input.embed)),
    input,
  )
}

/** Methods without `embed=methods` are names alone. */
function describe(resource: ResourceRecord, embed: string[] | undefined): ResourceRecord {
  const { resourceMethods } = resource
  if (!resourceMethods || embed?.includes('methods')) return resource
  const names = Object.fromEntries(Object.keys(resourceMethods).map((name) => [name, {}]))
  return { ...resource, resourceMethods: names }
}

export const deleteResource: Operation<DeleteResourceCommandInput, DeleteResourceCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  const resource = findResource(api, input.resourceId)
  if (resource.parentId === undefined) throw badRequest('Root resource cannot be deleted')
  removeBranch(api, resource.id)
  return {}
}

function removeBranch(api: Api, id: string): void {
  for (const child of [...api.resources.values()]) if (child.parentId === id) removeBranch(api, child.id)
  api.resources.delete(id)
}
