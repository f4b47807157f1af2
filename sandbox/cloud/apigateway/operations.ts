import { announced } from '../announced.ts'
import type { Operations } from '../operation.ts'
import * as deployments from './deployments.ts'
import { getExport } from './export.ts'
import * as integrations from './integrations.ts'
import * as methods from './methods.ts'
import * as resources from './resources.ts'
import * as restApis from './rest-apis.ts'
import * as stages from './stages.ts'
import * as tags from './tags.ts'
import * as vpcLinks from './vpc-links.ts'

const reads: Operations = {
  GetDeployment: deployments.getDeployment,
  GetDeployments: deployments.getDeployments,
  GetExport: getExport,
  GetIntegration: integrations.getIntegration,
  GetMethod: methods.getMethod,
  GetResource: resources.getResource,
  GetResources: resources.getResources,
  GetRestApi: restApis.getRestApi,
  GetRestApis: restApis.getRestApis,
  GetStage: stages.getStage,
  GetStages: stages.getStages,
  GetTags: tags.getTags,
  GetVpcLink: vpcLinks.getVpcLink,
  GetVpcLinks: vpcLinks.getVpcLinks,
}

const writes: Operations = {
  CreateDeployment: deployments.createDeployment,
  CreateResource: resources.createResource,
  CreateRestApi: restApis.createRestApi,
  CreateStage: stages.createStage,
  CreateVpcLink: vpcLinks.createVpcLink,
  DeleteDeployment: deployments.deleteDeployment,
  DeleteIntegration: integrations.deleteIntegration,
  DeleteMethod: methods.deleteMethod,
  DeleteResource: resources.deleteResource,
  DeleteRestApi: restApis.deleteRestApi,
  DeleteStage: stages.deleteStage,
  DeleteVpcLink: vpcLinks.deleteVpcLink,
  FlushStageCache: stages.flushStageCache,
  PutIntegration: integrations.putIntegration,
  PutMethod: methods.putMethod,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateDeployment: deployments.updateDeployment,
  UpdateIntegration: integrations.updateIntegration,
  UpdateRestApi: restApis.updateRestApi,
  UpdateStage: stages.updateStage,
  UpdateVpcLink: vpcLinks.updateVpcLink,
}

export const apigateway: Operations = { ...reads, ...announced(writes) }
