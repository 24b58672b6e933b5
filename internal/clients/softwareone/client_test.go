package softwareone_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://api.example":                      "https://api.example",
		"https://api.example/":                     "https://api.example",
		"https://api.example/public":               "https://api.example",
		"https://api.example/public/":              "https://api.example",
		"https://api.example/public/v1":            "https://api.example",
		"https://api.example/public/v1/":           "https://api.example",
		"https://gateway.example/mpt/public/v1":    "https://gateway.example/mpt",
		"https://gateway.example/v1":               "https://gateway.example/v1",
		"https://gateway.example/public/v1/public": "https://gateway.example/public/v1",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := softwareone.BaseURL(u).String(); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
		if u.String() != in {
			t.Errorf("the argument was changed to %s", u)
		}
	}
}

func TestTokenID(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{
		"idt:TKN-1111-2222:secret": "TKN-1111-2222", "idt:TKN-1111-2222:": "TKN-1111-2222", "idt:TKN-1111-2222": "", "TKN-1:secret": "", "": "",
		"idt:TKN-x:secret": "",
	} {
		c := softwareone.New(softwareone.Options{APIToken: transport.NewSecret(token)})
		if got := c.TokenID(); got != want {
			t.Errorf("%q: got %q, want %q", token, got, want)
		}
	}
}

func FuzzValidID(f *testing.F) {
	for _, id := range []string{
		"ACC-1234-5678", "ACC-1", "ACC-1234-5678-0001", "", "ACC-", "acc-1", "ACC-1/..", "ACC-1\n", "ACC-１", "ACC-1-", "../ACC-1", "ACC-1?x=1",
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if softwareone.ValidID(id) != nil {
			return
		}
		if url.PathEscape(id) != id || !strings.HasPrefix(id, "ACC-") || strings.Trim(id, "AC-0123456789") != "" || len(id) > 100 {
			t.Errorf("%q counts as valid", id)
		}
	})
}

// No request goes out for an id that isn't one.
func TestInvalidID(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	for _, id := range []string{"", "..", "ACC-1/activate", "TKN-1111-2222"} {
		_, read := c.ReadAccount(t.Context(), id)
		_, details := c.ReadAccountDetails(t.Context(), id)
		_, update := c.UpdateAccount(t.Context(), id, softwareone.AccountFields{Name: "x"}, nil)
		_, status := c.Act(t.Context(), id, softwareone.Disable, "", "")
		for _, err := range []error{read, details, update, status} {
			if err == nil || !strings.Contains(err.Error(), "ACC-1234-5678") {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A logo is sent next to the same JSON that goes without one, as the vendor's own client sends it.
func TestLogo(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	account := softwareone.NewAccount{
		AccountFields: softwareone.AccountFields{Name: `Quote " – ü`, Website: wire.Value("https://e.example")}, Type: "Client",
	}
	for image, want := range map[string]struct{ kind, file string }{
		"\x89PNG\r\n\x1a\n0000": {"image/png", "logo.png"}, "\xff\xd8\xff\xe0": {"image/jpeg", "logo.jpg"},
		"GIF89a0000": {"image/gif", "logo.gif"}, "RIFF0000WEBPVP8 ": {"image/webp", "logo.webp"},
		"<svg xmlns='http://www.w3.org/2000/svg'/>": {"image/svg+xml", "logo.svg"}, "--boundary\r\n\r\n": {"application/octet-stream", "logo"},
		"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a <b> comment -->\n<!DOCTYPE svg [<!ENTITY x \"y\">]>\n<s:svg xmlns:s='x'>&nbsp;": {
			"image/svg+xml", "logo.svg",
		},
		"<html><svg/></html>": {"application/octet-stream", "logo"}, "just text": {"application/octet-stream", "logo"},
	} {
		s.Reset()
		if _, err := c.CreateAccount(t.Context(), account, []byte(image), true); err != nil {
			t.Fatal(err)
		}
		sent := s.Find(posts)[0]
		_, params, err := mime.ParseMediaType(sent.ContentType)
		if err != nil {
			t.Fatal(err)
		}
		form := multipart.NewReader(bytes.NewReader(sent.Body), params["boundary"])
		for i, part := range []struct{ name, kind, file, content string }{
			{"account", "application/json", "", `{"name":"Quote \" – ü","website":"https://e.example","type":"Client"}`},
			{"logo", want.kind, want.file, image},
		} {
			p, err := form.NextPart()
			if err != nil {
				t.Fatalf("part %d: %v", i, err)
			}
			content, _ := io.ReadAll(p)
			if p.FormName() != part.name || p.FileName() != part.file || p.Header.Get("Content-Type") != part.kind ||
				string(content) != part.content {
				t.Errorf("got the part %q %q %q %q, want %+v", p.FormName(), p.FileName(), p.Header, content, part)
			}
		}
		if _, err := form.NextPart(); err != io.EOF {
			t.Errorf("there is another part: %v", err)
		}
	}
}

func TestAct(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		account string // its status at first
		faults  []mockserver.Fault
		posts   int
		fails   int // the status of the error, 0 for success
	}{
		"at once": {account: "Enabled", posts: 1},
		"already": {account: "Disabled", posts: 1},
		"done, the reply lost": {
			account: "Enabled", faults: []mockserver.Fault{{On: actions, Effect: true, Reset: true, Times: 1}}, posts: 1,
		},
		"done, 500": {
			account: "Enabled", faults: []mockserver.Fault{{On: actions, Effect: true, Status: 500, Times: 1}}, posts: 1,
		},
		"not done, 503": {account: "Enabled", faults: []mockserver.Fault{{On: actions, Status: 503, Times: 3}}, posts: 4},
		"never done":    {account: "Enabled", faults: []mockserver.Fault{{On: actions, Status: 502}}, posts: 5, fails: 502},
		"not allowed":   {account: "Enabled", faults: []mockserver.Fault{{On: actions, Status: 403}}, posts: 1, fails: 403},
		"refused":       {account: "Enabled", faults: []mockserver.Fault{{On: actions, Status: 400}}, posts: 1, fails: 400},
		"unclear, and not to read": {
			account: "Enabled", faults: []mockserver.Fault{{On: actions, Status: 500, Times: 1}, {On: gets, Status: 403}}, posts: 1, fails: 500,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, c, clock := start(t, mock.Options{})
			a := m.Seed(mock.Account{Status: test.account})
			s.Inject(test.faults...)
			got, err := c.Act(t.Context(), a.ID, softwareone.Disable, "", "")
			if transport.StatusOf(err) != test.fails || (err == nil && got.Status != "Disabled") {
				t.Errorf("got %s, %v", got.Status, err)
			}
			if n := s.Count(actions); n != test.posts {
				t.Errorf("the action was sent %d times, want %d", n, test.posts)
			}
			if test.posts > 1 && len(clock.slept) < test.posts-1 {
				t.Errorf("only %v was waited", clock.slept)
			}
		})
	}
}

// The pause that the API asks for is kept.
func TestActWaitsAsTold(t *testing.T) {
	t.Parallel()
	m, s, c, clock := start(t, mock.Options{})
	a := m.Seed(mock.Account{})
	s.Inject(mockserver.Fault{On: actions, Status: 503, Header: map[string][]string{"Retry-After": {"7"}}, Times: 1})
	if _, err := c.Act(t.Context(), a.ID, softwareone.Disable, "", ""); err != nil {
		t.Fatal(err)
	}
	if len(clock.slept) == 0 || clock.slept[len(clock.slept)-1].Seconds() != 7 {
		t.Errorf("waited %v, want 7 s", clock.slept)
	}
}
