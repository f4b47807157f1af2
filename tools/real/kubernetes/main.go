// pulumi-resource-kubernetes: the module's own main package cannot be built as a dependency, because what it embeds is
// generated beside it under another name. The build puts both files here, from the module.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// Of the module, January 2026.
const version = "4.25.0"

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version, schema, terraformMapping)
}
