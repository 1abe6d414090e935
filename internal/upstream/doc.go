// Package upstream knows which project stands behind a package: from a package
// URL to the repository where the package is developed, with how sure that is
// and who says so.
//
// Rules work offline: Go module paths, package URLs that name a forge, groups
// and scopes that belong to one project. What a registry or a server has told is
// given as [Metadata] and [GoImport]; what the company knows better as
// [Override]. A guess says that it is one; a package without any answer is listed
// as unmapped with the reason. The room must never know how facts are fetched or kept. Start
// at [Mapper].
package upstream
