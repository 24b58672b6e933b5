package provider_test

import (
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
