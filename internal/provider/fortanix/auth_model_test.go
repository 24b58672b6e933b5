package fortanix

import (
	"context"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
)

// authConfig draws any config that a reply may show.
func authConfig(t *rapid.T) client.AuthConfig {
	text := rapid.SampledFrom([]string{"a", "b", "c"})
	encoded := rapid.SampledFrom([]string{"YQ==", "Yg==", "YQ", "Y\r\ng=="})
	a := client.AuthConfig{ID: fmt.Sprint(rapid.Uint16().Draw(t, "id"))}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		a.Password = &client.PasswordAuth{Require2FA: rapid.Bool().Draw(t, "2fa"), AdministratorsOnly: rapid.Bool().Draw(t, "admins")}
	case 1:
		a.ClusterAuthRef = &client.ClusterAuthRef{TargetID: text.Draw(t, "target")}
	case 2:
		a.OAuth = &client.OAuth{
			IDPName: text.Draw(t, "name"), IDPIconURL: text.Draw(t, "icon"), IDPAuthorizationEndpoint: text.Draw(t, "authorization"),
			IDPTokenEndpoint: text.Draw(t, "token"), IDPRequiresBasicAuth: rapid.Bool().Draw(t, "basic"), ClientID: text.Draw(t, "client"),
			TLS: client.TLS{Mode: rapid.SampledFrom([]string{client.TLSDisabled, client.TLSOpportunistic, client.TLSRequired}).Draw(t, "mode")},
		}
		if rapid.Bool().Draw(t, "has userinfo") {
			userinfo := text.Draw(t, "userinfo")
			a.OAuth.IDPUserinfoEndpoint = &userinfo
		}
		if a.OAuth.TLS.Mode == client.TLSRequired {
			required := &client.TLSRequiredOptions{ValidateHostname: rapid.Bool().Draw(t, "hostname")}
			if rapid.Bool().Draw(t, "pinned") {
				required.CA.Pinned = rapid.SliceOfN(encoded, 1, 3).Draw(t, "pinned")
			} else {
				set := client.CASetGlobalRoots
				required.CA.Set = &set
			}
			if rapid.Bool().Draw(t, "has certificate") {
				certificate := encoded.Draw(t, "certificate")
				required.ClientCert = &certificate
			}
			a.OAuth.TLS.Required = required
		}
	}
	return a
}

func authConfigs(t *rapid.T, label string) []client.AuthConfig {
	return rapid.SliceOfN(rapid.Custom(authConfig), 0, 6).Draw(t, label)
}

func unique(configs []client.AuthConfig) []client.AuthConfig {
	seen := map[client.AuthKey]bool{{}: true} // of no kind that is known
	return slices.DeleteFunc(slices.Clone(configs), func(a client.AuthConfig) bool {
		defer func() { seen[a.Key()] = true }()
		return seen[a.Key()]
	})
}

// What replies show survives the way into a state and back; what is equal keeps its place and its spelling.
func TestAuthConfigsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var diags diag.Diagnostics
		shown := authConfigs(t, "shown")
		list := authConfigsList(ctx, shown, nil, &diags)
		models := authConfigsOf(ctx, list, &diags)
		back := toClient(ctx, models, &diags)
		expected := slices.DeleteFunc(slices.Clone(shown), func(a client.AuthConfig) bool { return a.Key() == client.AuthKey{} })
		if diags.HasError() || len(back) != len(expected) || list.IsNull() != (len(expected) == 0) {
			t.Fatalf("%d of %d configs came back: %v", len(back), len(expected), diags)
		}
		for i := range expected {
			if !expected[i].Same(back[i]) {
				t.Fatalf("%+v came back as %+v", expected[i], back[i])
			}
		}

		// Another reply with the same configs, in any order and encoding, changes nothing in the state.
		unambiguous := unique(shown)
		prior := authConfigsOf(ctx, authConfigsList(ctx, unambiguous, nil, &diags), &diags)
		again := authConfigsList(ctx, rapid.Permutation(unambiguous).Draw(t, "permuted"), prior, &diags)
		if want, _ := types.ListValueFrom(ctx, authConfigType, prior); len(prior) > 0 && !again.Equal(want) {
			t.Fatalf("the order of a reply changes the state from\n%v to\n%v", want, again)
		}
	})
}

// A plan and the update after it lead to what is wanted, whatever was there.
func TestAuthConfigsPlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var diags diag.Diagnostics
		has, want := authConfigs(t, "has"), unique(authConfigs(t, "want"))
		prior := authConfigsOf(ctx, authConfigsList(ctx, has, nil, &diags), &diags)
		configured := authConfigsOf(ctx, authConfigsList(ctx, want, nil, &diags), &diags)
		update := client.AuthConfigsUpdate{Want: want, Have: toClient(ctx, prior, &diags)}
		changes := update.Changes(has)
		if same := len(prior) == len(configured) && !anyDiffers(ctx, configured, prior, &diags); same != changes.IsEmpty() {
			t.Fatalf("the plan says %t, the update would send %+v", !same, changes)
		}
	})
}

func TestResends(t *testing.T) {
	t.Parallel()
	one, two, none := types.NumberValue(big.NewFloat(1)), types.NumberValue(big.NewFloat(2)), types.NumberNull()
	element := func(secret, key types.Number) authConfigModel {
		return authConfigModel{
			OAuth: &oauthModel{ClientSecretWOVersion: secret, TLS: &tlsModel{Required: &tlsRequiredModel{ClientKeyWOVersion: key}}},
		}
	}
	before := element(one, one)
	for name, test := range map[string]struct {
		now    authConfigModel
		before *authConfigModel
		want   bool
	}{
		"same":           {element(one, one), &before, false},
		"secret's":       {element(two, one), &before, true},
		"key's":          {element(one, two), &before, true},
		"taken away":     {element(none, none), &before, false},
		"one of the two": {element(none, two), &before, true},
		"new":            {element(one, none), nil, true},
		"new, without":   {element(none, none), nil, false},
		"no OAuth":       {authConfigModel{Password: &passwordModel{}}, &before, false},
		"without TLS":    {authConfigModel{OAuth: &oauthModel{ClientSecretWOVersion: one}}, &before, false},
	} {
		if got := test.now.resends(test.before); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// A mode of TLS that this provider doesn't know shows as a difference to each that it knows.
func TestUnknownTLSMode(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var diags diag.Diagnostics
	shown := client.AuthConfig{OAuth: &client.OAuth{IDPName: "a", ClientID: "c", TLS: client.TLS{Mode: "quantum"}}}
	model := fromClient(ctx, shown, nil, &diags)
	if !reflect.DeepEqual(model.OAuth.TLS, &tlsModel{}) {
		t.Errorf("TLS is %+v", model.OAuth.TLS)
	}
	for _, mode := range []string{client.TLSDisabled, client.TLSOpportunistic, client.TLSRequired} {
		known := client.AuthConfig{OAuth: &client.OAuth{IDPName: "a", ClientID: "c", TLS: client.TLS{Mode: mode}}}
		if mode == client.TLSRequired {
			known.OAuth.TLS.Required = &client.TLSRequiredOptions{}
		}
		if model.same(ctx, fromClient(ctx, known, nil, &diags), &diags) {
			t.Errorf("it counts as %s", mode)
		}
	}
}
