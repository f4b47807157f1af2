// pulumi-resource-aws as it matters here: the Terraform provider's own code behind Pulumi's own bridge, with the tokens
// and property names of @pulumi/aws for the types in types.json. The official plugin adds patches and documentation.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-provider-aws/xpprovider"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

//go:embed types.json
var typesFile []byte

type types struct {
	// Of @pulumi/aws, whose names these are.
	Version string `json:"version"`
	// Terraform's type to the SDK's token without its package.
	Resources map[string]string `json:"resources"`
	Functions map[string]string `json:"functions"`
	// By Terraform's type and property: where the SDK's name is not the mechanical translation.
	Renames map[string]map[string]string `json:"renames"`
	// Blocks that the SDK keeps as lists although Terraform allows one at most.
	Lists map[string][]string `json:"lists"`
}

func main() {
	ctx := context.Background()
	var known types
	must(json.Unmarshal(typesFile, &known))
	framework, sdkv2, err := xpprovider.GetProvider(ctx)
	must(err)
	info := tfbridge.ProviderInfo{
		P:              pf.MuxShimWithPF(ctx, shimv2.NewProvider(sdkv2), framework),
		Name:           "aws",
		Version:        known.Version,
		ResourcePrefix: "aws",
		Resources:      resources(known),
		DataSources:    functions(known),
		MetadataInfo:   tfbridge.NewProviderMetadata(nil),
	}
	must(dispatch(&info))
	pf.MainWithMuxer(ctx, "aws", info, []byte(fmt.Sprintf(`{"name":"aws","version":%q}`, known.Version)))
}

func resources(known types) map[string]*tfbridge.ResourceInfo {
	infos := map[string]*tfbridge.ResourceInfo{}
	for name, token := range known.Resources {
		fields := map[string]*tfbridge.SchemaInfo{}
		for from, to := range known.Renames[name] {
			fields[from] = &tfbridge.SchemaInfo{Name: to}
		}
		for _, block := range known.Lists[name] {
			fields[block] = &tfbridge.SchemaInfo{MaxItemsOne: tfbridge.False()}
		}
		infos[name] = &tfbridge.ResourceInfo{Tok: tokens.Type("aws:" + token), Fields: fields}
	}
	return infos
}

func functions(known types) map[string]*tfbridge.DataSourceInfo {
	infos := map[string]*tfbridge.DataSourceInfo{}
	for name, token := range known.Functions {
		infos[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember("aws:" + token)}
	}
	return infos
}

// Which of Terraform's two frameworks serves which type; the official plugin has the answer in its metadata.
func dispatch(info *tfbridge.ProviderInfo) error {
	shim := info.P.(interface {
		ResolveDispatch(*tfbridge.ProviderInfo) (muxer.DispatchTable, error)
	})
	table, err := shim.ResolveDispatch(info)
	if err != nil {
		return err
	}
	return metadata.Set(info.GetMetadata(), "mux", table)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
