// Package tributary is the root of the house; the rooms are under internal/ and
// docs/design.md is the tour.
package tributary
