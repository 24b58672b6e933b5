// Package reliability holds tests that drive the four account resources alike through what can go wrong between the
// provider and its vendors. The tables of the guide "Reliability" tell users the outcome.
package reliability
