// Package inventory knows what is used where: repositories, components (by
// purl), usages with their evidence, snapshots of a scanned revision and the
// difference between two of them.
//
// It is a ground room: pure data and functions. It must never know how a
// manifest is read, how anything is stored, what a license allows, or what the
// time is. Start reading at [Usage], then [Snapshot].
package inventory
