// Package program knows what the company wants: the program files (products,
// teams, roles, fixtures, policy rules, waivers, conclusions), how they are
// read strictly, and which product and team a repository path belongs to.
//
// It takes bytes and gives structs and findings. It must never know where the
// bytes come from, what the time is, or what verdict a rule leads to (that is
// the policy room). The types here are the form of the files themselves, so
// they carry tags: the key, the words of the reference and an example. The
// decoder and the reference ([Reference]) are both driven by them.
//
// Start reading at [Program], then [Load].
package program
