// Package modules tests the modules below examples/modules as their users would: with terraform test.
package modules
