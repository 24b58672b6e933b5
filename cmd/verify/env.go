package main

import (
	"net/url"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// variables are a vendor's environment variables. Its problems name the variable and never its value.
type variables struct {
	getenv  func(string) string
	problem string
}

func (v *variables) refuse(name, problem string) {
	if v.problem == "" {
		v.problem = name + " " + problem
	}
}

// token returns a token that can stand in a header.
func (v *variables) token(name string) string {
	token := v.getenv(name)
	if token == "" {
		return ""
	}
	if err := transport.CheckToken(token); err != nil {
		v.refuse(name, err.Error())
	}
	return token
}

// address returns the base URL, without what users copy along with it.
func (v *variables) address(name, standard string, suffixes ...string) *url.URL {
	raw := v.getenv(name)
	if raw == "" {
		raw = standard
	}
	u, err := transport.ParseBaseURL(raw)
	if err != nil {
		v.refuse(name, err.Error())
		return nil
	}
	for _, suffix := range suffixes {
		u.Path = strings.TrimRight(strings.TrimSuffix(u.Path, suffix), "/")
	}
	return u
}
