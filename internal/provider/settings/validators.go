package settings

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// positive accepts numbers above 0, of which none is useful below one request in a hundred seconds.
var positive = []validator.Float64{float64validator.AtLeast(0.01)}
