package softwareone_test

import (
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/kit"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// start starts a mock of SoftwareOne for one test, and the environment in which a provider finds it.
func start(t *testing.T, o mock.Options) (*mock.Mock, *kit.Server, acctest.Environment) {
	t.Helper()
	m := mock.New(o)
	s := kit.Start(t, m)
	return m, s, acctest.Environment{"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL}
}
