// Package scale tests all vendors together where accounts come by the hundred: what plans cost in requests, and that
// everything that exists can be found and imported.
package scale
