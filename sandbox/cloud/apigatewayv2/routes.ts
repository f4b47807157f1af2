import type {
  CreateRouteCommandInput,
  CreateRouteCommandOutput,
  DeleteRouteCommandInput,
  DeleteRouteCommandOutput,
  GetRouteCommandInput,
  GetRouteCommandOutput,
  GetRoutesCommandInput,
  GetRoutesCommandOutput,
  UpdateRouteCommandInput,
  UpdateRouteCommandOutput,
} from '@aws-sdk/client-apigatewayv2'
import { newId } from '../apigateway/ids.ts'
import { badRequest, conflict } from '../apigateway/invalid.ts'
import type { Operation } from '../operation.ts'
import { autoDeploy } from './deployments.ts'
import { find, findApi } from './find.ts'
import { given, page } from './pages.ts'
import type { HttpApi, RouteRecord } from './state.ts'

export const createRoute: Operation<CreateRouteCommandInput, CreateRouteCommandOutput> = (world, input) => {
  const { ApiId, RouteKey = '', ...rest } = input
  const api = findApi(world, ApiId)
  const route: RouteRecord = {
    ...rest,
    RouteId: newId(6),
    RouteKey,
    ApiKeyRequired: input.ApiKeyRequired ?? false,
    AuthorizationType: input.AuthorizationType ?? 'NONE',
  }
  requireValid(api, route)
  api.routes.set(route.RouteId, route)
  autoDeploy(api)
  return route
}

function requireValid(api: HttpApi, { RouteKey, RouteId, Target }: RouteRecord): void {
  if (RouteKey !== '$default' && !/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) \/\S*$/.test(RouteKey)) {
    throw badRequest(
      "The provided route key is not formatted properly for HTTP protocol. Format should be '<HTTP METHOD> /<RESOURCE PATH>' or '$default'",
    )
  }
  if ([...api.routes.values()].some((other) => other.RouteKey === RouteKey && other.RouteId !== RouteId)) {
    throw conflict(`Route with key ${RouteKey} already exists for this API`)
  }
  if (Target !== undefined && !api.integrations.has(Target.replace(/^integrations\//, ''))) {
    throw badRequest(`Invalid target specified: ${Target}`)
  }
}

export const getRoute: Operation<GetRouteCommandInput, GetRouteCommandOutput> = (world, input) =>
  find('Route', findApi(world, input.ApiId).routes, input.RouteId)

export const getRoutes: Operation<GetRoutesCommandInput, GetRoutesCommandOutput> = (world, input) =>
  page([...findApi(world, input.ApiId).routes.values()], input)

export const updateRoute: Operation<UpdateRouteCommandInput, UpdateRouteCommandOutput> = (world, input) => {
  const { ApiId, RouteId, ...changes } = input
  const api = findApi(world, ApiId)
  const route: RouteRecord = { ...find('Route', api.routes, RouteId), ...given(changes) }
  requireValid(api, route)
  api.routes.set(route.RouteId, route)
  autoDeploy(api)
  return route
}

export const deleteRoute: Operation<DeleteRouteCommandInput, DeleteRouteCommandOutput> = (world, input) => {
  const api = findApi(world, input.ApiId)
  api.routes.delete(find('Route', api.routes, input.RouteId).RouteId)
  autoDeploy(api)
  return {}
}
