package fortanix

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// shape refuses a JSON value that is not of one type of the API.
type shape func(v any) error

type fields map[string]shape

var (
	authConfig = exactlyOne(fields{
		"password": all(fields{"require_2fa": boolean, "administrators_only": boolean}),
		"oauth": object(
			[]string{
				"idp_name", "idp_icon_url", "idp_authorization_endpoint", "idp_token_endpoint", "idp_requires_basic_auth", "tls", "client_id",
				"client_secret",
			},
			fields{
				"idp_name": text, "idp_icon_url": text, "idp_authorization_endpoint": text, "idp_token_endpoint": text,
				"idp_requires_basic_auth": boolean, "idp_userinfo_endpoint": text, "tls": tlsConfig,
				"client_id": text, "client_secret": secret(text),
			},
		),
		"cluster_auth_ref": all(fields{"target_id": text}),
	})
	tlsConfig = exactlyOne(fields{
		"disabled":      object(nil, nil),
		"opportunistic": object(nil, nil),
		"required": object([]string{"validate_hostname", "ca"}, fields{
			"validate_hostname": boolean, "client_key": secret(base64Text), "client_cert": base64Text,
			"ca": exactlyOne(fields{"ca_set": oneOf("GLOBAL_ROOTS"), "pinned": nonEmpty(list(base64Text))}),
		}),
	})
	accountRequest = object([]string{"name"}, fields{
		"name": text, "custom_logo": logo, "auth_configs": list(authConfig),
		"node_enrollment": all(fields{"attestation_enforcement_disabled_insecure": boolean}),
		"component":       oneOf(ComponentDefault, ComponentConfidentialAI),
	})
	// node_enrollment and component are fixed when the account is created.
	accountUpdateRequest = object(nil, fields{
		"name": text, "custom_logo": logo,
		"add_auth_configs": list(authConfig), "mod_auth_configs": byID(authConfig), "del_auth_configs": list(uuid),
		"enabled":          boolean, // has no readable twin, and no documented effect
		"default_group_id": uuid, "marketplace_group_id": uuid,
		"account_status":         oneOf(AccountActive, AccountDeactivated),
		"azure_cvm_pcr_priority": pcrPriority,
	})
)

// decode reads a request body of shape s into each target, which keeps what the body leaves out.
func decode(c *call, s shape, targets ...any) error {
	if media, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); media != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "expected Content-Type application/json")
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(c.body))
	if err := d.Decode(&value); err != nil {
		return refuse(http.StatusBadRequest, "request body is not JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse(http.StatusBadRequest, "request body is more than one JSON value")
	}
	if err := s(value); err != nil {
		return refuse(http.StatusBadRequest, "invalid request body: "+err.Error())
	}
	for _, target := range targets {
		if err := json.Unmarshal(c.body, target); err != nil {
			return err
		}
	}
	return nil
}

func object(required []string, known fields) shape {
	return func(v any) error {
		o, ok := v.(map[string]any)
		if !ok {
			return errors.New("expected an object")
		}
		for _, key := range required {
			if _, sent := o[key]; !sent {
				return fmt.Errorf("missing field %s", key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(o)) {
			check := known[key]
			if check == nil {
				return fmt.Errorf("unknown field %s", key)
			}
			if err := check(o[key]); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	}
}

// all is an object with all of these fields.
func all(known fields) shape { return object(slices.Sorted(maps.Keys(known)), known) }

func exactlyOne(known fields) shape {
	fits := object(nil, known)
	return func(v any) error {
		if o, ok := v.(map[string]any); ok && len(o) != 1 {
			return fmt.Errorf("expected exactly one of %s", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
		return fits(v)
	}
}

func list(item shape) shape {
	return func(v any) error {
		l, ok := v.([]any)
		if !ok {
			return errors.New("expected an array")
		}
		for i, e := range l {
			if err := item(e); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
		return nil
	}
}

func nonEmpty(l shape) shape {
	return func(v any) error {
		if s, ok := v.([]any); ok && len(s) == 0 {
			return errors.New("expected at least one")
		}
		return l(v)
	}
}

func byID(item shape) shape {
	return func(v any) error {
		o, ok := v.(map[string]any)
		if !ok {
			return errors.New("expected an object")
		}
		for _, id := range slices.Sorted(maps.Keys(o)) {
			if err := errors.Join(uuid(id), item(o[id])); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		return nil
	}
}

func text(v any) error {
	if _, ok := v.(string); !ok {
		return errors.New("expected a string")
	}
	return nil
}

func boolean(v any) error {
	if _, ok := v.(bool); !ok {
		return errors.New("expected a boolean")
	}
	return nil
}

func oneOf(values ...string) shape {
	return func(v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			return fmt.Errorf("expected one of %s", strings.Join(values, ", "))
		}
		return nil
	}
}

func uuid(v any) error {
	if s, ok := v.(string); !ok || !isUUID(s) {
		return errors.New("expected a UUID")
	}
	return nil
}

func base64Text(v any) error {
	_, err := fromBase64(v)
	return err
}

// fromBase64 accepts only the standard padded alphabet, as the vendor's own client does.
func fromBase64(v any) ([]byte, error) {
	s, ok := v.(string)
	data, err := base64.StdEncoding.Strict().DecodeString(s)
	if !ok || err != nil || strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("expected base64 text")
	}
	return data, nil
}

// secret refuses what [SecretsMasked] shows, which no client should send back, and an empty one.
func secret(s shape) shape {
	return func(v any) error {
		if v == Mask || v == "" {
			return errors.New("expected the secret itself")
		}
		return s(v)
	}
}

func logo(v any) error {
	data, err := fromBase64(v)
	switch {
	case err != nil:
		return err
	case len(data) == 0:
		return nil // no logo
	case len(data) > MaxLogoBytes:
		return errors.New("larger than 128 KB")
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")),
		bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")),
		bytes.Contains(data, []byte("<svg")):
		return nil
	}
	return errors.New("not a JPG, PNG or SVG image")
}

func pcrPriority(v any) error {
	l, _ := v.([]any)
	seen := map[float64]bool{}
	for _, e := range l {
		if n, ok := e.(float64); ok && n >= 0 && n <= 22 && n == float64(int(n)) {
			seen[n] = true
		}
	}
	if len(l) != 23 || len(seen) != 23 {
		return errors.New("expected each integer from 0 through 22 once")
	}
	return nil
}
