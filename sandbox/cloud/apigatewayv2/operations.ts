import { announced } from '../announced.ts'
import type { Operations } from '../operation.ts'
import * as apis from './apis.ts'
import * as deployments from './deployments.ts'
import { exportApi } from './export.ts'
import * as integrations from './integrations.ts'
import * as routes from './routes.ts'
import * as stages from './stages.ts'
import * as tags from './tags.ts'
import * as vpcLinks from './vpc-links.ts'

const reads: Operations = {
  ExportApi: exportApi,
  GetApi: apis.getApi,
  GetApis: apis.getApis,
  GetDeployment: deployments.getDeployment,
  GetDeployments: deployments.getDeployments,
  GetIntegration: integrations.getIntegration,
  GetIntegrations: integrations.getIntegrations,
  GetRoute: routes.getRoute,
  GetRoutes: routes.getRoutes,
  GetStage: stages.getStage,
  GetStages: stages.getStages,
  GetTags: tags.getTags,
  GetVpcLink: vpcLinks.getVpcLink,
  GetVpcLinks: vpcLinks.getVpcLinks,
}

const writes: Operations = {
  CreateApi: apis.createApi,
  CreateDeployment: deployments.createDeployment,
  CreateIntegration: integrations.createIntegration,
  CreateRoute: routes.createRoute,
  CreateStage: stages.createStage,
  CreateVpcLink: vpcLinks.createVpcLink,
  DeleteApi: apis.deleteApi,
  DeleteDeployment: deployments.deleteDeployment,
  DeleteIntegration: integrations.deleteIntegration,
  DeleteRoute: routes.deleteRoute,
  DeleteStage: stages.deleteStage,
  DeleteVpcLink: vpcLinks.deleteVpcLink,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateDeployment: deployments.updateDeployment,
  UpdateIntegration: integrations.updateIntegration,
  UpdateRoute: routes.updateRoute,
  UpdateStage: stages.updateStage,
  UpdateVpcLink: vpcLinks.updateVpcLink,
}

export const apigatewayv2: Operations = { ...reads, ...announced(writes) }
